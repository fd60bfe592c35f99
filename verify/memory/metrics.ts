import type { Metrics } from "../../packages/core/src/ports/metrics.js";

/** Metrics that a test can read: totals by name and labels, as in `total("stepEnded test action completed")`. */
export interface MemoryMetrics extends Metrics {
  /** How often it was counted; 0: never. */
  total(sample: string): number;
  /** The sum of what was measured, in ms. */
  sumMs(sample: string): number;
  /** Every sample with its total, in order of the first count. */
  readonly totals: ReadonlyMap<string, number>;
  readonly overdue: () => number;
}

export function memoryMetrics(): MemoryMetrics {
  const totals = new Map<string, number>();
  const sums = new Map<string, number>();
  let overdue = 0;
  const count = (...labels: readonly (string | boolean)[]) => add(totals, labels.join(" "), 1);
  const measure = (ms: number, ...labels: readonly (string | boolean)[]) => {
    count(...labels);
    add(sums, labels.join(" "), Math.max(0, ms));
  };
  return {
    runStarted: (workflow) => count("runStarted", workflow),
    runEnded: (workflow, outcome, durationMs) => measure(durationMs, "runEnded", workflow, outcome),
    stepStarted: (workflow, kind) => count("stepStarted", workflow, kind),
    stepEnded: (workflow, kind, outcome, durationMs) => measure(durationMs, "stepEnded", workflow, kind, outcome),
    stepRetried: (workflow, kind) => count("stepRetried", workflow, kind),
    slaBreached: (workflow, kind) => count("slaBreached", workflow, kind),
    queueWaited: (queue, waitMs) => measure(waitMs, "queueWaited", queue),
    handedOff: (inline, delayMs) => measure(delayMs, "handedOff", inline),
    overdueActionsChanged: (by) => {
      overdue += by;
    },
    total: (sample) => totals.get(sample) ?? 0,
    sumMs: (sample) => sums.get(sample) ?? 0,
    totals,
    overdue: () => overdue,
  };
}

function add(to: Map<string, number>, sample: string, value: number): void {
  to.set(sample, (to.get(sample) ?? 0) + value);
}
