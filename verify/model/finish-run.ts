import type { RunId } from "@batonrun/contract";
import type {
  FinishReply,
  FinishRunCommand,
  Lease,
  RequeueCommand,
} from "../../packages/core/src/ports/transitions.js";
import { type Cell, fieldOf, type Run } from "./cell.js";
import { type Fetched, fetchStep } from "./claim-step.js";
import { childrenOf, finishJob, jobKey, ownsJob, removeJob } from "./jobs.js";
import { appendEvent, compact, hasEnded, isSettled, moveRun, putText } from "./run-state.js";
import { entryOf, handOver, queueStep } from "./schedule.js";

export interface Finished {
  readonly reply: FinishReply;
  readonly next: Fetched | null;
}

/** Writes the terminal status once no step is running, and ends the run's own job. A closing run ends with the status of its reason. */
export function finishRun(cell: Cell, command: FinishRunCommand): Finished {
  const { lease, status } = command;
  const run = cell.runs[command.runId];
  const isFirst = run !== undefined && !hasEnded(run);
  if (!ownsJob(cell, lease)) {
    const kind = run !== undefined && !isFirst ? "finished" : "lost";
    return { reply: kind === "lost" ? { kind } : { kind, first: false, durationMs: 0 }, next: null };
  }
  if (isFirst) {
    const isOverruled = run.closing !== null && run.closing !== status;
    if (childrenOf(cell, run.id) > 0 || isOverruled) return { reply: { kind: "at_work" }, next: null };
    endRun(cell, run, command);
  }
  finishJob(cell, lease, null);
  const next = command.fetch ? fetchStep(cell, { ...lease, worker: { actions: [], format: 0 } }) : null;
  const durationMs = run === undefined ? 0 : cell.at - (run.startedAt ?? 0);
  return { reply: { kind: "finished", first: isFirst, durationMs }, next };
}

function endRun(cell: Cell, run: Run, { status, output, error, data }: FinishRunCommand): void {
  if (output !== undefined) putText(run, "_output", output);
  if (error !== undefined) run.error = error;
  moveRun(run, status);
  run.endedAt = cell.at;
  appendEvent(cell, run, { type: `run_${status}`, ...(data !== undefined && { data }) });
  cell.open = cell.open.filter((id) => id !== run.id);
  delete cell.timers[`deadline:${run.id}`];
  cell.timers[`retention:${run.id}`] = cell.at + run.given.retentionMs;
  run.ready = [];
}

/** Steps whose jobs vanished, each under its next generation; only while no step is running, so the busy slots are recounted. */
export function requeueSteps(
  cell: Cell,
  { runId, lease, steps }: RequeueCommand,
): "requeued" | "nothing" | "at_work" | "lost" {
  const run = cell.runs[runId];
  if (run === undefined || !ownsJob(cell, lease)) return "lost";
  if (childrenOf(cell, run.id) > 0) return "at_work";
  run.busy = 0;
  if (run.closing !== null) return "nothing";
  const requeued = steps.filter((step) => requeue(cell, run, step)).length;
  return requeued + handOver(cell, run, []) > 0 ? "requeued" : "nothing";
}

function requeue(cell: Cell, run: Run, { instance, generation, route }: RequeueCommand["steps"][number]): boolean {
  const field = fieldOf(instance, generation);
  const record = run.records[field];
  if (record === undefined || isSettled(record)) return false;
  const next = generation + 1;
  run.generations[instance] = next;
  delete run.records[field];
  appendEvent(cell, run, { type: "step_requeued", step: instance, generation: next });
  const k = record.s === "running" ? (record.k ?? 0) + 1 : record.k;
  const carried = compact({ ...record, s: "pending", k, o: undefined });
  queueStep(cell, run, { entry: entryOf(instance, route), generation: next, record: carried });
  return true;
}

export function writeItems(
  cell: Cell,
  { runId, lease, items }: { readonly runId: RunId; readonly lease: Lease; readonly items: readonly string[] },
): boolean {
  const run = cell.runs[runId];
  if (!ownsJob(cell, lease) || run === undefined) return false;
  for (let index = 0; index + 1 < items.length; index += 2) run.items[items[index] ?? ""] = items[index + 1] ?? "";
  return true;
}

/** Everything of an ended run whose retention is over. */
export function sweepRun(cell: Cell, runId: RunId): "swept" | "more" | "open" {
  const run = cell.runs[runId];
  if (run === undefined) return "swept";
  if (run.endedAt === null || run.endedAt + run.given.retentionMs > cell.at) return "open";
  for (const job of run.kept.splice(0, MAX_SWEPT)) removeJob(cell, jobKey(job));
  if (run.kept.length > 0) return "more";
  cell.accepted = cell.accepted.filter((id) => id !== runId);
  if (run.given.idempotency !== null) delete cell.idempotency[run.given.idempotency];
  if (run.given.adhoc) releaseDefinition(cell, run.given.definition);
  delete cell.runs[runId];
  delete cell.timers[`retention:${runId}`];
  return "swept";
}

const MAX_SWEPT = 500;

function releaseDefinition(cell: Cell, hash: string): void {
  const { adHoc, registered } = cell.definitions;
  const users = (adHoc[hash] ?? 0) - 1;
  if (users > 0) {
    adHoc[hash] = users;
    return;
  }
  delete adHoc[hash];
  if (!registered.includes(hash)) cell.definitions.stored = cell.definitions.stored.filter((other) => other !== hash);
}
