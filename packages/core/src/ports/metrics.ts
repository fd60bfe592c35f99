import type { RunStatus } from "@batonrun/contract";
import type { StepOutcome } from "../run/outcome.js";

/** The clock of this process. */
export interface Clock {
  /** ms since the epoch. Stored only in run ids; all other stored times are Redis `TIME`. */
  now(): number;
}

/**
 * What a process measures. Only the process whose script call was first reports it, so that nothing is counted twice.
 * Implementations must not throw. `metrics/definitions.ts` lists the metrics that each call updates.
 */
export interface Metrics {
  runStarted(workflow: string): void;
  runEnded(workflow: string, outcome: RunStatus, durationMs: number): void;
  /** A step attempt or a container's enter was claimed. */
  stepStarted(workflow: string, kind: string): void;
  stepEnded(workflow: string, kind: string, outcome: StepOutcome["status"], durationMs: number): void;
  stepRetried(workflow: string, kind: string): void;
  /** A step exceeded its `sla`. */
  slaBreached(workflow: string, kind: string): void;
  /** The time between queueing and claim. */
  queueWaited(queue: string, waitMs: number): void;
  /** The time between the settlement of the last dependency and the claim of the step. */
  handedOff(inline: boolean, delayMs: number): void;
  /** An action keeps running after its step was settled without it (+1), or finally returned (-1). */
  overdueActionsChanged(by: 1 | -1): void;
}
