import { DefinitionHash, type RunId } from "@batonrun/contract";
import type { DefinitionStore } from "../../packages/core/src/ports/directory.js";
import type { Dependent, Route } from "../../packages/core/src/ports/route.js";
import type { InputReader, RunReader } from "../../packages/core/src/ports/run-reader.js";
import type { Settlement } from "../../packages/core/src/ports/settlement.js";
import type { Lease, SettleReply, StartRunCommand, Transitions } from "../../packages/core/src/ports/transitions.js";
import { newRunId } from "../../packages/core/src/run/new-run-id.js";
import type { Fetched } from "../model/claim-step.js";

/** A cell behind the ports, whatever stores it: what it reads was written by its own transitions. */
export interface ContractCell {
  readonly reader: RunReader & InputReader;
  readonly transitions: Transitions;
  readonly definitions: DefinitionStore;
  /** The next job of a queue, with the claim that the fetch made. */
  fetch(queue: string): Promise<Fetched | null>;
  /** Deletes a job that nobody holds. */
  removeJob(job: Pick<Lease, "queue" | "id">): Promise<void>;
  close(): Promise<void>;
}

export const definitionHash = DefinitionHash.parse("c".repeat(64));
export const HOUR_MS = 3_600_000;

export function routeOf(loads: readonly string[] = [], role: Route["role"] = "step"): Route {
  const data = JSON.stringify({ role, format: 1, loads }).slice(1);
  return { queue: "steps.core", priority: 0, role, name: "core.noop", loads, data };
}

export function dependentOf(instance: string, route: Route = routeOf()): Dependent {
  return { instance, indegree: 1, route };
}

export async function startRun(cell: ContractCell, more: Partial<StartRunCommand> = {}): Promise<RunId> {
  const id = newRunId(Date.parse("2026-01-01"), Math.random);
  await cell.definitions.put(definitionHash, "{}");
  const roots = [dependentOf("a")];
  const reply = await cell.transitions.startRun({
    ...{ id, definition: definitionHash, adhoc: false, workflow: "demo", version: "1.0.0", priority: 0, tags: [] },
    ...{ compliance: [], input: "{}", roots, left: roots.length, maxParallel: 10, timeoutMs: HOUR_MS },
    retentionMs: HOUR_MS,
    ...more,
  });
  if (reply.kind !== "started") throw new Error(`the run was not started: ${reply.kind}`);
  return reply.id;
}

/** The next job of a queue that holds one. */
export async function fetchFrom(cell: ContractCell, queue = "steps.core"): Promise<Fetched> {
  const job = await cell.fetch(queue);
  if (job === null) throw new Error(`no job waits in ${queue}`);
  return job;
}

/** Settles the step that was claimed with the fetch. Without `inline` the job ends. */
export async function settle(
  cell: ContractCell,
  { lease, claim }: Fetched,
  how: { readonly settlement: Partial<Settlement>; readonly inline?: boolean },
): Promise<SettleReply> {
  if (claim === null) throw new Error(`job ${lease.id} was fetched without a claim`);
  const { instance, generation, attempt } = claim;
  const completed = {
    instance,
    status: "completed",
    event: "step_completed",
    arrival: "ok",
    dependents: [],
    isTop: true,
  };
  // A test names the status together with what it needs.
  const settlement = { ...completed, ...how.settlement } as Settlement;
  return await cell.transitions.settleStep({
    ...{ runId: claim.run.id, lease, instance, generation, attempt, settlements: [settlement] },
    ...{ inline: how.inline ?? false, fetch: false, priority: 0, depth: 0, held: [] },
  });
}

/** Starts a run of one step, completes it with this result, and ends the run. */
export async function completeRun(
  cell: ContractCell,
  {
    result = "1",
    output = "1",
    ...more
  }: Partial<StartRunCommand> & { readonly result?: string; readonly output?: string },
): Promise<RunId> {
  const id = await startRun(cell, more);
  await settle(cell, await fetchFrom(cell), { settlement: { result } });
  const { lease } = await fetchFrom(cell, "runs");
  const finished = await cell.transitions.finishRun({ runId: id, lease, status: "completed", output, fetch: false });
  if (finished.kind !== "finished") throw new Error(`the run did not end: ${finished.kind}`);
  return id;
}
