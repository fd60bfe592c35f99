import { z } from "zod";
import type { ClaimedStep, ClaimReply, ClaimStepCommand, Lease } from "../../packages/core/src/ports/transitions.js";
import type { Cell, Job } from "./cell.js";
import { claim, loadInputs } from "./claim.js";
import { fetchJob, ownsJob } from "./jobs.js";
import { isSettled, recordOf } from "./run-state.js";

/** What a worker announces: which claims can be made while fetching. */
export interface WorkerFacts {
  readonly actions: readonly string[];
  readonly format: number;
}

export interface FetchCommand {
  readonly queue: string;
  readonly token: string;
  readonly worker: WorkerFacts;
}

/** A job that a worker now holds, and the claim that was made with the fetch. */
export interface Fetched {
  readonly lease: Lease;
  readonly data: string;
  readonly priority: number;
  readonly claim: ClaimedStep | null;
}

const JobData = z.object({
  run: z.string(),
  step: z.string(),
  gen: z.number(),
  role: z.enum(["step", "enter", "exit", "item"]),
  format: z.number(),
  loads: z.array(z.string()).optional(),
});

export function fetchStep(cell: Cell, { queue, token, worker }: FetchCommand): Fetched | null {
  const job = fetchJob(cell, queue, token);
  if (job === null) return null;
  const { id, data, priority } = job;
  return { lease: { id, queue, token }, data, priority, claim: claimFetched(cell, job, worker) };
}

/** Only a job's first start: what a later one has to look at, a claim of its own looks at. */
function claimFetched(cell: Cell, job: Job, worker: WorkerFacts): ClaimedStep | null {
  const data = job.starts === 1 ? JobData.safeParse(JSON.parse(job.data)).data : undefined;
  if (data?.loads === undefined || data.format !== worker.format) return null;
  if (data.role === "step" && !worker.actions.includes(job.name)) return null;
  const run = cell.runs[data.run];
  const record = run && recordOf(run, data.step, data.gen);
  if (run === undefined || run.closing !== null || record === undefined) return null;
  if (isSettled(record) || (record.d ?? 0) > cell.at) return null;
  const claimed = claim(cell, run, { instance: data.step, generation: data.gen, role: data.role });
  return { ...claimed, inputs: loadInputs(run, data.loads, new Set()) };
}

export function claimStep(cell: Cell, command: ClaimStepCommand): ClaimReply {
  const { lease, instance, role, loads } = command;
  const run = cell.runs[command.runId];
  if (!ownsJob(cell, lease)) return { kind: "lost" };
  if (run === undefined) return { kind: "gone" };
  const position = run.inlinePositions[lease.id];
  if (position !== undefined && position !== instance) return { kind: "elsewhere", instance: position };
  const generation = position === undefined ? command.generation : 0;
  const record = recordOf(run, instance, generation);
  if (record === undefined) return { kind: "lost" };
  if (isSettled(record)) return { kind: "settled" };
  if (run.closing !== null) return { kind: "closed" };
  if (record.d !== undefined && record.d > cell.at) return { kind: "early", waitMs: record.d - cell.at };
  const claimed = claim(cell, run, { instance, generation, role, owner: lease.token, again: command.again ?? false });
  return { kind: "claimed", step: { ...claimed, inputs: loadInputs(run, loads, new Set()) } };
}
