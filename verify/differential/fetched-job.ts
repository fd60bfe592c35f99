import type { JobHandoff } from "../../packages/core/src/bullmq/job-handoff.js";
import type { Fetched } from "../model/claim-step.js";

/** What BullMQ replies to a fetch (the job's fields as a flat list, and its id), with the claim that was made with it. */
export function fetchedJob(
  handoff: JobHandoff,
  { queue, token }: { readonly queue: string; readonly token: string },
  raw: unknown,
): Fetched | null {
  if (!Array.isArray(raw) || !Array.isArray(raw[0])) return null;
  const flat: readonly unknown[] = raw[0];
  const field = (name: string) => String(flat[flat.indexOf(name) + 1]);
  const id = String(raw[1]);
  const claim = handoff.takeClaim(id);
  return { lease: { id, queue, token }, data: field("data"), priority: Number(field("priority")), claim };
}
