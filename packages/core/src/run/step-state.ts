/**
 * Derives the status of a step instance from the stored records. The engine writes only what it must. The rest follows,
 * in this order:
 * ST1 A settled record decides.
 * ST2 A step in a case that was not taken is skipped (`case_not_taken`).
 * ST3 A step in a container that was settled without it is skipped (`container_skipped`), or cancelled with it.
 * ST4 In an ended run, a step that was never settled is cancelled.
 * ST5 A container whose enter was claimed is running until its exit is settled.
 * ST6 A step without a record is pending.
 */
import { SerializedError, type SkipReason, type StepStatus, type StepView } from "@batonrun/contract";
import { isoTime } from "./iso-time.js";
import type { StepRecord } from "./step-record.js";
import type { ContainerCounters, StoredStep } from "./stored.js";
import { isSettledStepStatus } from "./transitions.js";

export type StepState = StateFields & StateOutcome;

type StateOutcome =
  | { readonly status: Exclude<StepStatus, "skipped">; readonly reason?: undefined }
  | { readonly status: "skipped"; readonly reason: SkipReason };

interface StateFields {
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

/** The stored record of an instance, and that of its enter if it is a container. */
export interface StoredEnds {
  readonly end: StoredStep | undefined;
  readonly enter?: StoredStep | undefined;
}

/** The current state of the container that directly encloses an instance. */
export interface EnclosingContainer {
  readonly state: StepState;
  readonly counters: ContainerCounters | undefined;
  /** Key of the container's scope that contains the instance. */
  readonly key: string;
}

export function stepState(stored: StoredEnds, enclosing: EnclosingContainer | null, hasRunEnded: boolean): StepState {
  const record = stored.end?.record ?? null;
  const known = knownState(stored);
  if (record !== null && isSettledStepStatus(record.s)) return known;
  const implied = enclosing && impliedState(enclosing);
  if (implied) return { ...unknownFields, ...implied };
  if (known.status === "skipped") return known;
  if (hasRunEnded) return { ...known, status: "cancelled", times: { ...known.times, due: undefined } };
  const enter = stored.enter?.record?.s ?? "pending";
  return enter === "pending" ? known : { ...known, status: "running" };
}

export const unknownFields: StateFields = { times: {}, attempts: 0, generation: 0, degraded: false };

/** The state in the records. A container began when its enter did. */
function knownState({ end, enter }: StoredEnds): StepState {
  const record = end?.record ?? null;
  const first = enter?.record ?? record;
  if (first === null) return { ...unknownFields, status: "pending", generation: end?.generation ?? 0 };
  return {
    ...knownOutcome(record ?? first),
    times: { queued: first.q, started: first.t, ended: record?.e, due: (record ?? first).d },
    attempts: first.a,
    generation: end?.generation ?? 0,
    degraded: record?.g === 1,
    ...errorOf(record),
  };
}

function knownOutcome({ s, r }: StepRecord): StateOutcome {
  if (s !== "skipped") return { status: s };
  if (r === undefined) throw new Error("a skipped step is stored without a reason");
  return { status: s, reason: r };
}

function errorOf(record: StepRecord | null): { readonly error?: SerializedError } {
  return record?.x === undefined ? {} : { error: SerializedError.parse(JSON.parse(record.x)) };
}

/** The state that the container implies for an instance without a settled record, or null. */
function impliedState({ state, counters, key }: EnclosingContainer): StateOutcome | null {
  const wasEntered = counters !== undefined && counters.total !== null;
  if (wasEntered && counters.case !== null && counters.case !== key)
    return { status: "skipped", reason: "case_not_taken" };
  if (!isSettledStepStatus(state.status)) return null;
  if (state.status === "cancelled") return { status: "cancelled" };
  return { status: "skipped", reason: "container_skipped" };
}

/** The part of a step's view that its state determines. */
export type ViewedState = WithoutDeclaration<StepView>;

type WithoutDeclaration<View> = View extends unknown
  ? Omit<View, "id" | "type" | "action" | "name" | "result" | "resultOmitted" | "counts">
  : never;

export function viewState(state: StepState): ViewedState {
  const { times, error } = state;
  const failure = error === undefined ? {} : { error };
  const begun = {
    generation: state.generation,
    attempts: state.attempts,
    ...(times.queued !== undefined && { queuedAt: isoTime(times.queued) }),
    ...(times.started !== undefined && { startedAt: isoTime(times.started) }),
    degraded: state.degraded,
  };
  switch (state.status) {
    case "pending":
    case "waiting":
    case "running":
    case "retrying":
      return {
        ...begun,
        status: state.status,
        ...(times.due !== undefined && { dueAt: isoTime(times.due) }),
        ...failure,
      };
    case "completed":
    case "compensated":
      return { ...begun, status: state.status, ...endOf(times) };
    case "skipped":
      return { ...begun, status: state.status, reason: state.reason, ...endOf(times) };
    case "failed":
      return { ...begun, status: state.status, ...endOf(times), ...failure };
    case "cancelled":
      return { ...begun, status: state.status, ...endOf(times), ...failure };
  }
}

function endOf({ started, ended }: Times) {
  if (ended === undefined) return {};
  return { endedAt: isoTime(ended), ...(started !== undefined && { durationMs: ended - started }) };
}
