import { expect, test } from "vitest";
import type { Metrics } from "../../packages/core/src/ports/metrics.js";

/** What a test reads of metrics, however they are kept. 0 for what was never counted. */
export interface MetricsUnderTest {
  readonly metrics: Metrics;
  total(counted: Counted): Promise<number>;
  /** The sum of what was measured, in ms, and of how many measurements. */
  measured(measurement: Measurement): Promise<{ readonly count: number; readonly sumMs: number }>;
  overdueActions(): Promise<number>;
}

export type Counted =
  | { readonly what: "runStarted"; readonly workflow: string }
  | { readonly what: "runEnded"; readonly workflow: string; readonly outcome: string }
  | { readonly what: "stepStarted" | "stepRetried" | "slaBreached"; readonly workflow: string; readonly kind: string }
  | { readonly what: "stepEnded"; readonly workflow: string; readonly kind: string; readonly outcome: string };

export type Measurement =
  | { readonly what: "run"; readonly workflow: string }
  | { readonly what: "step"; readonly workflow: string; readonly kind: string }
  | { readonly what: "queueWait"; readonly queue: string }
  | { readonly what: "handOff"; readonly inline: boolean };

/** What every implementation of Metrics promises. */
export function metricsContract(make: () => MetricsUnderTest): void {
  test("runs are counted by workflow and outcome, and measured", async () => {
    const { metrics, total, measured } = make();
    for (const workflow of ["hello", "hello", "other"]) metrics.runStarted(workflow);
    metrics.runEnded("hello", "completed", 1_500);
    metrics.runEnded("hello", "failed", 500);
    expect(await total({ what: "runStarted", workflow: "hello" })).toBe(2);
    expect(await total({ what: "runStarted", workflow: "other" })).toBe(1);
    expect(await total({ what: "runEnded", workflow: "hello", outcome: "completed" })).toBe(1);
    expect(await total({ what: "runEnded", workflow: "hello", outcome: "cancelled" })).toBe(0);
    expect(await measured({ what: "run", workflow: "hello" })).toEqual({ count: 2, sumMs: 2_000 });
  });

  test("steps are counted by workflow, kind, and outcome, with their retries and breaches", async () => {
    const { metrics, total, measured } = make();
    metrics.stepStarted("hello", "action");
    metrics.stepRetried("hello", "action");
    metrics.slaBreached("hello", "action");
    metrics.stepEnded("hello", "action", "failed", 250);
    const step = { workflow: "hello", kind: "action" } as const;
    for (const what of ["stepStarted", "stepRetried", "slaBreached"] as const) {
      expect(await total({ what, ...step })).toBe(1);
      expect(await total({ what, ...step, kind: "map" })).toBe(0);
    }
    expect(await total({ what: "stepEnded", ...step, outcome: "failed" })).toBe(1);
    expect(await measured({ what: "step", ...step })).toEqual({ count: 1, sumMs: 250 });
  });

  test("a skipped step has ended, and has no duration", async () => {
    const { metrics, total, measured } = make();
    metrics.stepEnded("hello", "action", "skipped", 0);
    expect(await total({ what: "stepEnded", workflow: "hello", kind: "action", outcome: "skipped" })).toBe(1);
    expect(await measured({ what: "step", workflow: "hello", kind: "action" })).toEqual({ count: 0, sumMs: 0 });
  });

  test("waits and hand-offs are measured, never below zero", async () => {
    const { metrics, measured } = make();
    metrics.queueWaited("steps.text", 20);
    metrics.handedOff(true, -3);
    metrics.handedOff(false, 4);
    expect(await measured({ what: "queueWait", queue: "steps.text" })).toEqual({ count: 1, sumMs: 20 });
    expect(await measured({ what: "handOff", inline: true })).toEqual({ count: 1, sumMs: 0 });
    expect(await measured({ what: "handOff", inline: false })).toEqual({ count: 1, sumMs: 4 });
  });

  test("overdue actions are counted while they run, and none after all have returned", async () => {
    const { metrics, overdueActions } = make();
    for (const by of [1, 1] as const) metrics.overdueActionsChanged(by);
    expect(await overdueActions()).toBe(2);
    metrics.overdueActionsChanged(-1);
    expect(await overdueActions()).toBe(1);
    metrics.overdueActionsChanged(-1);
    expect(await overdueActions()).toBe(0);
  });
}
