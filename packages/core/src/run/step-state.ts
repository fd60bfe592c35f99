/**
 * The status of a step instance, from what is stored.
 *
 * The engine writes only what it must. What follows with certainty is derived here, in this order:
 * V1 a settled record says it all;
 * V2 a step in a case that was not taken is skipped (`case_not_taken`);
 * V3 a step in a container that is settled without it is skipped (`container_skipped`), or cancelled with it;
 * V4 in a run that has ended, what was never settled is cancelled;
 * V5 a container whose enter was claimed is running until its exit is settled;
 * V6 without a record a step is pending.
 */
import { SerializedError, type SkipReason, type StepStatus, type StepView } from "@batonrun/contract";
import { isoTime } from "./iso-time.js";
import type { StepRecord } from "./step-record.js";
import type { ContainerCounters, StoredStep } from "./stored.js";
import { isSettledStepStatus } from "./transitions.js";

export interface StepState {
  readonly status: StepStatus;
  readonly reason?: SkipReason;
  readonly times: Times;
  readonly attempts: number;
  readonly generation: number;
  readonly degraded: boolean;
  readonly error?: SerializedError;
}

interface Times {
  readonly queued?: number | undefined;
  readonly started?: number | undefined;
  readonly ended?: number | undefined;
  readonly due?: number | undefined;
}

/** What is stored of an instance: its record, and for a container that of its enter. */
export interface StoredEnds {
  readonly end: StoredStep | undefined;
  readonly enter?: StoredStep | undefined;
}

/** The container that an instance stands in, as it is now. */
export interface EnclosingContainer {
  readonly state: StepState;
  readonly counters: ContainerCounters | undefined;
  /** The scope of the container that the instance stands in. */
  readonly key: string;
}

export function stepState(stored: StoredEnds, enclosing: EnclosingContainer | null, hasRunEnded: boolean): StepState {
  const record = stored.end?.record ?? null;
  const known = knownState(stored);
  if (record !== null && isSettledStepStatus(record.s)) return known;
  const implied = enclosing && impliedState(enclosing);
  if (implied) return { ...unknownState, ...implied };
  if (hasRunEnded) return { ...known, status: "cancelled", times: { ...known.times, due: undefined } };
  const enter = stored.enter?.record?.s ?? "pending";
  return enter === "pending" ? known : { ...known, status: "running" };
}

const unknownState: StepState = { status: "pending", times: {}, attempts: 0, generation: 0, degraded: false };

/** What the records say; a container began where its enter did. */
function knownState({ end, enter }: StoredEnds): StepState {
  const record = end?.record ?? null;
  const first = enter?.record ?? record;
  if (first === null) return { ...unknownState, generation: end?.generation ?? 0 };
  return {
    status: record?.s ?? first.s,
    ...(record?.r !== undefined && record.s === "skipped" && { reason: record.r }),
    times: { queued: first.q, started: first.t, ended: record?.e, due: (record ?? first).d },
    attempts: first.a,
    generation: end?.generation ?? 0,
    degraded: record?.g === 1,
    ...errorOf(record),
  };
}

function errorOf(record: StepRecord | null): { readonly error?: SerializedError } {
  return record?.x === undefined ? {} : { error: SerializedError.parse(JSON.parse(record.x)) };
}

/** What the container decides about an instance without a settled record. */
function impliedState({ state, counters, key }: EnclosingContainer): Pick<StepState, "status" | "reason"> | null {
  const wasEntered = counters !== undefined && counters.total !== null;
  if (wasEntered && counters.case !== null && counters.case !== key)
    return { status: "skipped", reason: "case_not_taken" };
  if (!isSettledStepStatus(state.status)) return null;
  if (state.status === "cancelled") return { status: "cancelled" };
  return { status: "skipped", reason: "container_skipped" };
}

/** The part of a step's view that its state decides. */
export type ViewedState = Omit<StepView, "id" | "type" | "action" | "name" | "result" | "resultOmitted" | "counts">;

export function viewState(state: StepState): ViewedState {
  const { queued, started, ended, due } = state.times;
  return {
    status: state.status,
    ...(state.reason !== undefined && { reason: state.reason }),
    generation: state.generation,
    attempts: state.attempts,
    ...(queued !== undefined && { queuedAt: isoTime(queued) }),
    ...(started !== undefined && { startedAt: isoTime(started) }),
    ...(ended !== undefined && { endedAt: isoTime(ended) }),
    ...(due !== undefined && { dueAt: isoTime(due) }),
    ...(started !== undefined && ended !== undefined && { durationMs: ended - started }),
    degraded: state.degraded,
    ...(state.error !== undefined && { error: state.error }),
  };
}
