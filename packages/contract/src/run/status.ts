import type { Received } from "../received.js";
import { RunStatus, type RunSummary } from "./run.js";
import type { StepStatus } from "./step.js";

const terminalRunStatuses: ReadonlySet<string> = new Set([
  "completed",
  "failed",
  "cancelled",
  "timed_out",
  "rolled_back",
  "rollback_failed",
] satisfies RunStatus[]);

const settledStepStatuses: ReadonlySet<string> = new Set([
  "completed",
  "failed",
  "skipped",
  "cancelled",
  "compensated",
] satisfies StepStatus[]);

/** Terminal: the run has ended. False for a status that this version does not know. */
export function isTerminalRunStatus(status: string): boolean {
  return terminalRunStatuses.has(status);
}

/** Settled: the outcome is recorded and is never overwritten. False for a status that this version does not know. */
export function isSettledStepStatus(status: string): boolean {
  return settledStepStatuses.has(status);
}

/** Whether a run has ended. A status that this version does not know counts as ended where the run has an `endedAt`. */
export function hasRunEnded(run: Received<RunSummary>): boolean {
  if (RunStatus.safeParse(run.status).success) return isTerminalRunStatus(run.status);
  return run.endedAt !== undefined;
}
