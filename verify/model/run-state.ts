import type { RunStatus, SkipReason, StepStatus } from "@batonrun/contract";
import {
  isSettledStepStatus,
  isTerminalRunStatus,
  runTransitions,
  stepTransitions,
} from "../../packages/core/src/run/transitions.js";
import { type Attempted, type Cell, type Counters, type DeepReadonly, type Event, fieldOf, type Run } from "./cell.js";

/** Thrown when the model makes a move that the table of transitions does not know. */
export class ForbiddenMove extends Error {
  constructor(of: string, from: string, to: string) {
    super(`${of} may not move from ${from} to ${to}`);
    this.name = "ForbiddenMove";
  }
}

function mayRunMove(from: RunStatus, to: RunStatus): boolean {
  const targets: readonly RunStatus[] = runTransitions[from];
  return targets.includes(to);
}

function mayStepMove(from: StepStatus, to: StepStatus): boolean {
  const targets: readonly StepStatus[] = stepTransitions[from];
  return targets.includes(to);
}

export function moveRun(run: Run, to: RunStatus): void {
  if (!mayRunMove(run.status, to)) throw new ForbiddenMove(`run ${run.id}`, run.status, to);
  run.status = to;
}

/** Every write of a step's record goes through the table. A record that keeps its status moves nowhere, save a claim. */
export function putRecord(run: Run, field: string, record: Attempted): void {
  const from = run.records[field]?.s ?? "pending";
  const stays = from === record.s && !isSettledStepStatus(from);
  if (!stays && !mayStepMove(from, record.s)) throw new ForbiddenMove(`step ${field}`, from, record.s);
  run.records[field] = record;
}

export function recordOf(run: Run, instance: string, generation: number): Attempted | undefined {
  return run.records[fieldOf(instance, generation)];
}

export function currentField(run: Pick<DeepReadonly<Run>, "generations">, instance: string): string {
  return fieldOf(instance, run.generations[instance] ?? 0);
}

export function isSettled(record: Attempted): boolean {
  return isSettledStepStatus(record.s);
}

/** A step that is certain to be skipped is settled without having been claimed. */
export function certainSkip(record: Attempted): SkipReason | null {
  return record.s === "pending" ? (record.r ?? null) : null;
}

export function hasEnded(run: Run): boolean {
  return isTerminalRunStatus(run.status);
}

const INLINE_BYTES = 65_536;

/** A result, the run's input or its output. */
export function putText(run: Run, field: string, text: string): void {
  const bytes = Buffer.byteLength(text);
  run.out[field] = bytes > INLINE_BYTES ? `@${bytes}` : text;
  if (bytes > INLINE_BYTES) run.big[field] = text;
}

/** Zero and "" are not stored, as in Lua. */
export function appendEvent(cell: Cell, run: Run, event: Omit<Event, "seq" | "at">): void {
  const { type, step, generation, attempt, actor, data } = event;
  run.seq += 1;
  run.events.push({
    seq: run.seq,
    type,
    at: cell.at,
    ...(step !== undefined && { step }),
    ...(generation && { generation }),
    ...(attempt && { attempt }),
    ...(actor !== undefined && { actor }),
    ...(data !== undefined && { data }),
  });
}

export function countersOf(run: Run, container: string): Counters {
  const known = run.containers[container];
  if (known !== undefined) return known;
  const made: Counters = {};
  run.containers[container] = made;
  return made;
}

/** A record without what is undefined: what is not known is not stored. */
export function compact(record: { readonly [Key in keyof Attempted]: Attempted[Key] | undefined }): Attempted {
  // Dropping undefined values is what makes the optional fields exact; the compiler cannot follow `filter`.
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Attempted;
}
