import type { InstanceCounts, StepStatus } from "@batonrun/contract";
import type { ContainerCounters } from "./stored.js";
import { isSettledStepStatus } from "./transitions.js";

const columnOf = {
  pending: "pending",
  waiting: "running",
  running: "running",
  retrying: "running",
  completed: "completed",
  compensated: "completed",
  failed: "failed",
  skipped: "skipped",
  cancelled: "cancelled",
} as const satisfies Record<StepStatus, keyof InstanceCounts>;

/** Counts of a container's direct steps. */
export function countsOfSteps(statuses: readonly StepStatus[]): InstanceCounts {
  const counts = { total: statuses.length, completed: 0, failed: 0, skipped: 0, cancelled: 0, running: 0, pending: 0 };
  for (const status of statuses) counts[columnOf[status]] += 1;
  return counts;
}

/** Counts of a map's items, from its counters. Undefined before it is entered. */
export function countsOfItems(counters: ContainerCounters | undefined, status: StepStatus): InstanceCounts | undefined {
  if (counters === undefined || counters.total === null) return undefined;
  const { total, entered, failed, skipped } = counters;
  const ended = endedItems(counters, total);
  const isOver = isSettledStepStatus(status);
  return {
    total,
    completed: ended - failed - skipped,
    failed,
    skipped,
    cancelled: isOver ? total - ended : 0,
    running: isOver ? 0 : entered - ended,
    pending: isOver ? 0 : total - entered,
  };
}

/** The arrival counter of a map counts from -total up to 0. */
function endedItems({ arrived }: ContainerCounters, total: number): number {
  return total + Math.min(arrived, 0);
}
