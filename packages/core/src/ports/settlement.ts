import type { EventType, SkipReason } from "@batonrun/contract";
import type { StepOutcome } from "../run/outcome.js";
import type { Dependent, ItemTemplate } from "./route.js";

/** What the enter of a container decided. */
export interface Entered {
  readonly exit: Dependent;
  /** Items, branches, or direct steps of the case. */
  readonly total: number;
  /** How many arrive at the exit, where the graph does not know it. 0: the exit is ready at once. */
  readonly arrivals?: number;
  readonly case?: string;
  /** A map: how many items may be at work, and how the next one is named. */
  readonly items?: { readonly width: number; readonly template: ItemTemplate };
}

/** One outcome, with all that a script needs in order to record it and to schedule what follows. */
export interface Settlement {
  readonly instance: string;
  readonly status: StepOutcome["status"];
  /** JSON text. */
  readonly result?: string;
  /** SerializedError as JSON text. */
  readonly error?: string;
  readonly reasonOfSkip?: SkipReason;
  readonly degraded?: true;
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
  /** Follows from the one before; dropped when the run is closing, for then nothing follows any more. */
  readonly follows?: true;
  /** Ends an item: the map pulls its next one. */
  readonly endsItem?: ItemTemplate;
  /** Ends a branch of a parallel with `maxParallel`: the next waiting branch enters. */
  readonly endsBranchOf?: string;
  readonly entered?: Entered;
  /** A failure of the top scope: the run closes as failed, and the job ends `failed` and is kept, for this reason. */
  readonly failsRun?: true;
  readonly reason?: string;
  /** Data of the event `run_closing`, JSON text. */
  readonly closingData?: string;
}
