import type { RunFailure, Settlement } from "../../packages/core/src/ports/settlement.js";
import type { ClaimedStep, SettleReply, SettleStepCommand } from "../../packages/core/src/ports/transitions.js";
import { type Attempted, type Cell, type Entry, fieldOf, type Run } from "./cell.js";
import { claim, loadInputs } from "./claim.js";
import { type Fetched, fetchStep, type WorkerFacts } from "./claim-step.js";
import { closeWith } from "./close-run.js";
import { finishJob, jobKey, ownsJob } from "./jobs.js";
import {
  appendEvent,
  certainSkip,
  compact,
  countersOf,
  currentField,
  isSettled,
  putRecord,
  putText,
  recordOf,
} from "./run-state.js";
import { arrive, endBranch, endItem, enterContainer, handOver } from "./schedule.js";

export type SettleCommand = SettleStepCommand & { readonly worker: WorkerFacts };

/** The reply, and for `finished` the job that was fetched with it. */
export interface Settled {
  readonly reply: SettleReply;
  readonly next: Fetched | null;
}

/**
 * Once, and only by the attempt that last claimed the step: its outcome, what follows from it, and the end of the job
 * unless one of the dependents continues in it.
 */
export function settleStep(cell: Cell, command: SettleCommand): Settled {
  const { lease, instance, generation, attempt, settlements } = command;
  const run = cell.runs[command.runId];
  const record = run && recordOf(run, instance, generation);
  const isMine = record !== undefined && isSettled(record) && (record.a ?? 0) === attempt;
  if (!ownsJob(cell, lease)) return { reply: { kind: isMine ? "recorded" : "lost" }, next: null };
  if (run === undefined || settlements.length === 0) return endJob(cell, command, null);
  if (isMine) {
    const position = run.inlinePositions[lease.id];
    if (position === undefined || position === instance) return endJob(cell, command, null);
    return { reply: { kind: "again", instance: position }, next: null };
  }
  if (!isClaimed(record, attempt)) return { reply: { kind: "lost" }, next: null };
  return recordAll(cell, run, command);
}

function isClaimed(record: Attempted | undefined, attempt: number): boolean {
  if (record === undefined || (record.a ?? 0) !== attempt) return false;
  return record.s === "running" || certainSkip(record) !== null;
}

function recordAll(cell: Cell, run: Run, command: SettleCommand): Settled {
  const ready = command.settlements
    .flatMap((settlement, index) => settle(cell, run, { settlement, claimed: index === 0 ? command : null }))
    .sort((one, other) => one.priority - other.priority);
  const failed = command.settlements.map(runFailure).findLast((failure) => failure !== null);
  const inline = run.closing === null ? goOn(cell, run, { command, ready }) : null;
  if (run.closing !== null) run.busy -= 1;
  if (inline !== null) return { reply: { kind: "inline", at: cell.at, step: inline }, next: null };
  if (command.depth > 0) delete run.inlinePositions[command.lease.id];
  if (failed !== undefined) run.kept.push({ queue: command.lease.queue, id: command.lease.id });
  return endJob(cell, command, failed?.reason ?? null);
}

/** What a settlement says of a failure that fails the run. */
function runFailure(settlement: Settlement): Pick<RunFailure, "reason" | "closingData"> | null {
  if (settlement.status !== "failed" || !settlement.failsRun) return null;
  return { reason: settlement.reason ?? "", closingData: settlement.closingData ?? "" };
}

function endJob(cell: Cell, command: SettleCommand, failedReason: string | null): Settled {
  const { lease, fetch, worker } = command;
  finishJob(cell, lease, failedReason);
  const next = fetch ? fetchStep(cell, { queue: lease.queue, token: lease.token, worker }) : null;
  return { reply: { kind: "finished", at: cell.at }, next };
}

/** One settlement. Once the gate is closed it only records, and what merely follows is dropped. */
function settle(
  cell: Cell,
  run: Run,
  { settlement, claimed }: { readonly settlement: Settlement; readonly claimed: SettleCommand | null },
): readonly Entry[] {
  if (settlement.follows && run.closing !== null) return [];
  recordOutcome(cell, run, { settlement, claimed });
  const { instance, status, event, step, data, arrival, dependents, endsItem, endsBranchOf } = settlement;
  const entered = settlement.status === "completed" ? settlement.entered : undefined;
  const failure = runFailure(settlement);
  if (settlement.isTop) run.left -= 1;
  if (settlement.countIn !== undefined) countEnd(run, settlement.countIn, status);
  if (status === "completed" && !settlement.silent) run.done.push(instance);
  if (event !== undefined) {
    const of = { step: step ?? instance, generation: claimed?.generation ?? 0, attempt: claimed?.attempt ?? 0 };
    appendEvent(cell, run, { type: event, ...of, ...(data !== undefined && { data }) });
  }
  if (failure !== null) closeWith(cell, run, { closing: "failed", data: failure.closingData });
  if (run.closing !== null) return [];
  return [
    ...(entered ? enterContainer(run, entered) : []),
    ...dependents.flatMap((dependent) => arrive(run, dependent, arrival)),
    ...(endsItem ? endItem(run, endsItem) : []),
    ...(endsBranchOf !== undefined ? endBranch(run, endsBranchOf) : []),
  ];
}

function countEnd(run: Run, container: string, status: Settlement["status"]): void {
  if (status === "completed") return;
  const counters = countersOf(run, container);
  const counter = status === "skipped" ? "skipped" : "failed";
  counters[counter] = (counters[counter] ?? 0) + 1;
}

/** What of a settlement the record and the result of its instance hold. */
function recordedOf(settlement: Settlement) {
  const { status } = settlement;
  return {
    error: status === "failed" || status === "cancelled" ? settlement.error : undefined,
    result: status === "completed" ? settlement.result : undefined,
    reasonOfSkip: status === "skipped" ? settlement.reasonOfSkip : undefined,
    degraded: status === "completed" ? settlement.degraded : undefined,
  };
}

function recordOutcome(
  cell: Cell,
  run: Run,
  { settlement, claimed }: { readonly settlement: Settlement; readonly claimed: SettleCommand | null },
): void {
  const { instance, status } = settlement;
  const { error, result, reasonOfSkip, degraded } = recordedOf(settlement);
  const field = claimed === null ? currentField(run, instance) : fieldOf(instance, claimed.generation);
  const known = claimed === null ? { s: "pending" as const } : (run.records[field] ?? { s: "pending" as const });
  const g = degraded ? (1 as const) : known.g;
  putRecord(
    run,
    field,
    compact({ ...known, s: status, e: cell.at, d: undefined, o: undefined, r: reasonOfSkip, x: error, g }),
  );
  if (result !== undefined) putText(run, field, result);
}

/** Hands over what is ready. One of them may keep the slot and continue in this job: one with the same queue and priority, or one that any worker runs. */
function goOn(
  cell: Cell,
  run: Run,
  { command, ready }: { readonly command: SettleCommand; readonly ready: readonly Entry[] },
): ClaimedStep | null {
  const { lease, priority } = command;
  const mayGoOn = (entry: Entry) =>
    entry.role !== "step" || entry.skip !== undefined || (entry.queue === lease.queue && entry.priority === priority);
  const inline = command.inline ? ready.find(mayGoOn) : undefined;
  if (inline === undefined) run.busy -= 1;
  handOver(
    cell,
    run,
    ready.filter((entry) => entry !== inline),
  );
  if (inline === undefined) return null;
  run.inlinePositions[lease.id] = inline.instance;
  if (command.log !== undefined) cell.jobs[jobKey(lease)]?.log.push(command.log);
  if (inline.skip !== undefined) {
    putRecord(run, inline.instance, { s: "pending", q: cell.at, r: inline.skip });
  }
  const step = claim(cell, run, { instance: inline.instance, generation: 0, role: inline.role });
  if (inline.skip !== undefined) return { ...step, inputs: [] };
  return { ...step, inputs: inline.loads === undefined ? null : loadInputs(run, inline.loads, new Set(command.held)) };
}
