import type { EventType, SkipReason } from "@batonrun/contract";
import type { Dependent, ItemTemplate } from "./route.js";

/** What the enter of a container decided. */
export interface Entered {
  readonly exit: Dependent;
  /** Items, branches, or direct steps of the case. */
  readonly total: number;
  /** How many arrive at the exit, where the graph does not know it. 0: the exit is ready at once. */
  readonly arrivals?: number;
  readonly case?: string;
  /** A repeated body: how many items may run at the same time, and how the next one is named. */
  readonly items?: { readonly width: number; readonly template: ItemTemplate };
}

/**
 * One outcome, with all that a script needs in order to record it and to schedule what follows.
 * @example The end of a step `b` that `c` depends on: { instance: "b", status: "completed", result: "42",
 * event: "step_completed", arrival: "ok", dependents: [{ instance: "c", indegree: 1, route }], isTop: true }
 */
export type Settlement = Recorded & (CompletedSettlement | FailedSettlement | CancelledSettlement | SkippedSettlement);

interface CompletedSettlement {
  readonly status: "completed";
  /** JSON text. Absent: the result of a container is put together on reading. */
  readonly result?: string;
  readonly degraded?: true;
  /** What the enter of a container decided. */
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

/** A failure of the top scope: the run closes as failed, and the job ends as failed and is kept. */
export interface RunFailure {
  readonly failsRun: true;
  /** Why, for the board. */
  readonly reason: string;
  /** Data of the event `run_closing`, JSON text. */
  readonly closingData: string;
}

/** What is recorded of any outcome. */
interface Recorded {
  readonly instance: string;
  /** Absent: no event (the nodes of a container that has its own). */
  readonly event?: EventType;
  /** The event's step, when it is not the instance. */
  readonly step?: string;
  /** The event's data, JSON text. */
  readonly data?: string;
  /** Not among the completed instances: enters, items. */
  readonly silent?: true;
  /** What the dependents see: a failure with `onError: continue` is `ok` to them. */
  readonly arrival: "ok" | "skipped" | "failed";
  readonly dependents: readonly Dependent[];
  /** The container (instance) whose failed or skipped counter it belongs to. */
  readonly countIn?: string;
  /** A step of the top scope: the run's `left` goes down. */
  readonly isTop?: true;
  /** Follows from the one before; dropped when the run is closing, because then nothing follows anymore. */
  readonly follows?: true;
  /** Ends an item: the container enters its next one. */
  readonly endsItem?: ItemTemplate;
  /** Ends a branch of a container that limits them: the next waiting branch enters. */
  readonly endsBranchOf?: string;
}
