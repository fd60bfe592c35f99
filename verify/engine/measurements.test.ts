import { afterEach, beforeEach, expect, test } from "vitest";
import { echo, fail } from "../support/actions.js";
import { definitionOf, noop } from "../support/definition.js";
import { TestEngine } from "../support/engine.js";
import { noMetrics } from "../support/no-metrics.js";
import { stepOf } from "../support/step-of.js";

let engine: TestEngine;
beforeEach(() => {
  engine = new TestEngine();
});
afterEach(() => engine.close());

test("a container takes as long as what is in it, and a wait begins when the step was due", async () => {
  const took = new Map<string, number>();
  const waits: number[] = [];
  const handOffs: number[] = [];
  await engine.work([echo, fail], {
    metrics: {
      ...noMetrics,
      stepEnded: (_workflow, kind, _outcome, durationMs) => took.set(kind, durationMs),
      queueWaited: (_queue, waitMs) => waits.push(waitMs),
      handedOff: (_inline, delayMs) => handOffs.push(delayMs),
    },
  });
  const flaky = { action: "core.fail", with: { times: 1 }, retry: { attempts: 2, delay: "1500ms", jitter: 0 } };
  const run = await engine.run({ box: { type: "parallel", steps: { flaky } } });
  expect(took.get("parallel")).toBe(stepOf(run, "box")?.durationMs);
  expect(took.get("parallel")).toBeGreaterThanOrEqual(1500);
  expect(Math.max(...waits)).toBeLessThan(1500);
  const delayed = await engine.start({ definition: definitionOf({ a: noop(1) }), delayMs: 1500 });
  handOffs.length = 0;
  await engine.ended(delayed);
  expect(handOffs).toEqual([]);
  expect(Math.max(...waits)).toBeLessThan(1500);
});
