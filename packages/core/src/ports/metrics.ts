import type { RunStatus } from "@batonrun/contract";
import type { StepOutcome } from "../run/outcome.js";

/** The clock of this process. */
export interface Clock {
  /** ms since the epoch. Of what is stored only the ids of runs hold it: every other time there is Redis `TIME`. */
  now(): number;
}

/**
 * What a process measures. Only the process whose script call was the first one calls it, so that nothing is counted twice.
 * An implementation must not throw. `metrics/definitions.ts` says which metrics each call feeds.
 */
export interface Metrics {
  runStarted(workflow: string): void;
  runEnded(workflow: string, outcome: RunStatus, durationMs: number): void;
  /** An attempt of a step was claimed, or the enter of a container. */
  stepStarted(workflow: string, kind: string): void;
  stepEnded(workflow: string, kind: string, outcome: StepOutcome["status"], durationMs: number): void;
  stepRetried(workflow: string, kind: string): void;
  /** A step took longer than its `sla`. */
  slaBreached(workflow: string, kind: string): void;
  /** From being queued to being claimed. */
  queueWaited(queue: string, waitMs: number): void;
  /** From the settlement of the last dependency to the claim of the step. */
  handedOff(inline: boolean, delayMs: number): void;
  /** An action keeps running after its step was settled without it (+1), or has returned at last (-1). */
  overdueActionsChanged(by: 1 | -1): void;
}
