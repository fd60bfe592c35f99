import type { BreachSlaCommand, DelayReply, DelayStepCommand } from "../../packages/core/src/ports/transitions.js";
import { type Attempted, type Cell, fieldOf } from "./cell.js";
import { delayJob, ownsJob, queueOf, takeFromWorker } from "./jobs.js";
import { appendEvent, compact, isSettled, putRecord, recordOf } from "./run-state.js";

/**
 * A failure that has attempts left, or with no error a hand-back, which counts nothing: not even the attempt. A hand-back
 * without a claim is about the step that the job currently runs.
 */
export function delayStep(cell: Cell, command: DelayStepCommand): DelayReply {
  const { lease, attempt, delayMs, error, data } = command;
  const run = cell.runs[command.runId];
  const position = attempt === 0 ? run?.inlinePositions[lease.id] : undefined;
  const instance = position ?? command.instance;
  const generation = position === undefined ? command.generation : 0;
  const record = run && recordOf(run, instance, generation);
  if (!ownsJob(cell, lease)) {
    return { kind: record !== undefined && record.s !== "running" && record.d !== undefined ? "recorded" : "lost" };
  }
  if (run === undefined || record === undefined) return { kind: run === undefined ? "settled" : "lost" };
  if (isSettled(record)) return { kind: "settled" };
  const isClaimed = attempt > 0 || error !== undefined;
  if (isClaimed && (record.s !== "running" || record.a !== attempt)) return { kind: "lost" };
  if (run.closing !== null) return { kind: "closed" };
  const changed = error === undefined ? handedBack(record, attempt) : failed(record, error);
  putRecord(run, fieldOf(instance, generation), compact({ ...changed, d: cell.at + delayMs, o: undefined }));
  const type = error === undefined ? "step_handed_back" : "step_retrying";
  appendEvent(cell, run, { type, step: instance, generation, attempt, data });
  takeFromWorker(cell, lease);
  delayJob(queueOf(cell, lease.queue), lease.id, cell.at + delayMs);
  return { kind: "delayed", handBacks: changed.h ?? 0 };
}

/** A step takes longer than its sla: noted once, and nothing else changes. */
export function breachSla(cell: Cell, command: BreachSlaCommand): boolean {
  const { runId, lease, instance, generation, attempt, data } = command;
  const run = cell.runs[runId];
  const record = run && recordOf(run, instance, generation);
  if (!ownsJob(cell, lease) || run === undefined || record?.a !== attempt || record.b !== undefined) return false;
  run.records[fieldOf(instance, generation)] = { ...record, b: 1 };
  appendEvent(cell, run, { type: "step_sla_breached", step: instance, generation, attempt, data });
  return true;
}

function handedBack(record: Attempted, attempt: number): Attempted {
  const a = attempt > 0 ? (record.a ?? 0) - 1 : record.a;
  const back = record.f !== undefined && record.f > 0 ? "retrying" : "pending";
  const s = record.s === "running" ? back : record.s;
  return compact({ ...record, s, a, h: (record.h ?? 0) + 1 });
}

function failed(record: Attempted, error: string): Attempted {
  return compact({ ...record, s: "retrying", f: (record.f ?? 0) + 1, x: error, h: undefined });
}
