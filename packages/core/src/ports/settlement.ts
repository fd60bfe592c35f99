import type { EventType, SkipReason } from "@batonrun/contract";
import type { Dependent, ItemTemplate } from "./route.js";

/**
 * The decision of a container's enter.
 * @example A map over 3 items, 2 at a time: { exit: { instance: "chunks", indegree: 0, route }, total: 3, arrivals: 3,
 * items: { width: 2, template: { map: "chunks", roots } } }
 * @example A conditional that takes a case of 2 steps with 1 leaf: { exit, total: 2, arrivals: 1, case: "0" }
 */
export interface Entered {
  readonly exit: Dependent;
  /** Number of items, branches, or direct steps of the case. */
  readonly total: number;
  /** Number of arrivals at the exit if the graph does not determine it. 0 means that the exit is ready at once. */
  readonly arrivals?: number;
  readonly case?: string;
  /** For a repeated body: how many items can run at the same time, and how to start the next one. */
  readonly items?: { readonly width: number; readonly template: ItemTemplate };
}

/**
 * One outcome, with everything that a script needs to record it and to schedule what follows.
 * @example The end of a step `b` that `c` depends on: { instance: "b", status: "completed", result: "42",
 * event: "step_completed", arrival: "ok", dependents: [{ instance: "c", indegree: 1, route }], isTop: true }
 */
export type Settlement = Recorded & (CompletedSettlement | FailedSettlement | CancelledSettlement | SkippedSettlement);

interface CompletedSettlement {
  readonly status: "completed";
  /** JSON text. Absent for a container whose result is assembled when read. */
  readonly result?: string;
  readonly degraded?: true;
  /** Set on the enter of a container. */
  readonly entered?: Entered;
}

interface FailedSettlement extends Partial<RunFailure> {
  readonly status: "failed";
  /** SerializedError as JSON text. */
  readonly error: string;
}

interface CancelledSettlement {
  readonly status: "cancelled";
  /** SerializedError as JSON text. */
  readonly error: string;
}

interface SkippedSettlement {
  readonly status: "skipped";
  readonly reasonOfSkip: SkipReason;
}

/** A failure in the top scope: the run closes as failed, and the job is kept as failed. */
export interface RunFailure {
  readonly failsRun: true;
  /** Shown on the queue board. */
  readonly reason: string;
  /** Data of the `run_closing` event, JSON text. */
  readonly closingData: string;
}

/** Recorded for every outcome. */
interface Recorded {
  readonly instance: string;
  /** Absent if the node has no event of its own, because its container has one. */
  readonly event?: EventType;
  /** The event's step, if it is not the instance. */
  readonly step?: string;
  /** The event's data, JSON text. */
  readonly data?: string;
  /** Not listed among the completed instances: enters and items. */
  readonly silent?: true;
  /** The outcome for dependents: a failure with `onError: continue` is `ok`. */
  readonly arrival: "ok" | "skipped" | "failed";
  readonly dependents: readonly Dependent[];
  /** The container instance whose failed or skipped counter it increments. */
  readonly countIn?: string;
  /** A step of the top scope, which decrements the run's `left`. */
  readonly isTop?: true;
  /** Follows from the previous settlement. Dropped if the run is closing, because nothing follows then. */
  readonly follows?: true;
  /** Ends an item, so the container starts its next one. */
  readonly endsItem?: ItemTemplate;
  /** Ends a branch of a container with a limit, so its next waiting branch starts. */
  readonly endsBranchOf?: string;
}
