import type { RunStatus, StepStatus } from "@batonrun/contract";

export { isSettledStepStatus, isTerminalRunStatus } from "@batonrun/contract";

/** All transitions between run statuses. A status without transitions is terminal. */
export const runTransitions = {
  initializing: ["running", "failed", "cancelled", "timed_out"],
  running: ["waiting", "waiting_approval", "paused", "rolling_back", "completed", "failed", "cancelled", "timed_out"],
  waiting: ["running", "waiting_approval", "paused", "rolling_back", "failed", "cancelled", "timed_out"],
  waiting_approval: ["running", "waiting", "paused", "rolling_back", "failed", "cancelled", "timed_out"],
  paused: ["running", "waiting", "waiting_approval", "rolling_back", "failed", "cancelled", "timed_out"],
  rolling_back: ["rolled_back", "rollback_failed"],
  completed: [],
  failed: [],
  cancelled: [],
  timed_out: [],
  rolled_back: [],
  rollback_failed: [],
} as const satisfies Record<RunStatus, readonly RunStatus[]>;

/** All transitions between the statuses of a step instance. */
export const stepTransitions = {
  pending: ["running", "skipped", "failed", "cancelled"],
  waiting: ["running", "completed", "failed", "cancelled"],
  running: ["running", "pending", "waiting", "retrying", "completed", "failed", "skipped", "cancelled"],
  retrying: ["running", "failed", "cancelled"],
  completed: ["compensated"],
  failed: [],
  skipped: [],
  cancelled: [],
  compensated: [],
} as const satisfies Record<StepStatus, readonly StepStatus[]>;
