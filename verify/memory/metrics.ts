import type { Metrics } from "../../packages/core/src/ports/metrics.js";

/** Metrics that a test reads by name and labels: `total("stepEnded test action completed")`, `measured("queueWait steps.core")`. */
export interface MemoryMetrics extends Metrics {
  /** How often it was counted; 0: never. */
  total(counted: string): number;
  measured(measurement: string): { readonly count: number; readonly sumMs: number };
  /** Every total, in order of the first count. */
  readonly totals: ReadonlyMap<string, number>;
  /** Actions that still run after their steps were settled without them. */
  overdue(): number;
}

export function memoryMetrics(): MemoryMetrics {
  const totals = new Map<string, number>();
  const measurements = new Map<string, { readonly count: number; readonly sumMs: number }>();
  let overdue = 0;
  const count = (...labels: readonly string[]) => {
    const name = labels.join(" ");
    totals.set(name, (totals.get(name) ?? 0) + 1);
  };
  const measured = (name: string) => measurements.get(name) ?? { count: 0, sumMs: 0 };
  const measure = (ms: number, ...labels: readonly string[]) => {
    const name = labels.join(" ");
    const known = measured(name);
    measurements.set(name, { count: known.count + 1, sumMs: known.sumMs + Math.max(0, ms) });
  };
  return {
    runStarted: (workflow) => count("runStarted", workflow),
    runEnded: (workflow, outcome, durationMs) => {
      count("runEnded", workflow, outcome);
      measure(durationMs, "run", workflow);
    },
    stepStarted: (workflow, kind) => count("stepStarted", workflow, kind),
    stepEnded: (workflow, kind, outcome, durationMs) => {
      count("stepEnded", workflow, kind, outcome);
      if (outcome !== "skipped") measure(durationMs, "step", workflow, kind);
    },
    stepRetried: (workflow, kind) => count("stepRetried", workflow, kind),
    slaBreached: (workflow, kind) => count("slaBreached", workflow, kind),
    queueWaited: (queue, waitMs) => measure(waitMs, "queueWait", queue),
    handedOff: (inline, delayMs) => measure(delayMs, "handOff", String(inline)),
    overdueActionsChanged: (by) => {
      overdue += by;
    },
    total: (counted) => totals.get(counted) ?? 0,
    measured,
    totals,
    overdue: () => overdue,
  };
}
