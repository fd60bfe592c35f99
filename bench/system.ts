import type { Shape } from "./shape.js";
import type { StepObserver } from "./step-observer.js";

export const systemNames = ["baton", "raw flows", "plain queue"] as const;
export type SystemName = (typeof systemNames)[number];

export const CONCURRENCY = 50;
/** Locks and checks for stalled jobs: the same for all, or one would renew more often than another. */
export const LOCK_MS = 10_000;
export const STALLED_MS = 2_000;

/** One of the systems that are compared. */
export interface System {
  readonly name: SystemName;
  /** Connects and starts its workers for one shape on an empty Redis. */
  start(options: {
    readonly url: string;
    readonly shape: Shape;
    readonly observer: StepObserver;
  }): Promise<StartedSystem>;
  /** Connects only what starts runs: no worker takes them up. */
  startClient(options: { readonly url: string; readonly shape: Shape }): Promise<RunClient>;
}

export interface RunClient {
  /** Starts a run and answers its id. */
  submit(): Promise<string>;
  close(): Promise<void>;
}

export interface StartedSystem extends RunClient {
  /** BullMQ's event streams: capped by BullMQ, and no part of what a run leaves behind. */
  readonly eventStreams: readonly string[];
  /** When these runs ended, in ms since the epoch. */
  endTimes(runs: readonly string[]): Promise<readonly number[]>;
}
