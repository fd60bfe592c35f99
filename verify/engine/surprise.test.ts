import { expect, onTestFinished, test } from "vitest";
import { echo } from "../support/actions.js";
import { definitionOf } from "../support/definition.js";
import { TestEngine } from "../support/engine.js";
import { noMetrics } from "../support/no-metrics.js";

test("a processor that failed by surprise does not fail its job: the step is tried again (QW3)", async () => {
  const engine = new TestEngine();
  onTestFinished(() => engine.close());
  const surprises = [new Error("nobody planned this")];
  // The processor counts a step that it starts.
  function stepStarted(): void {
    const surprise = surprises.pop();
    if (surprise !== undefined) throw surprise;
  }
  await engine.work([echo], { metrics: { ...noMetrics, stepStarted } });
  const steps = { a: { action: "core.noop", with: { value: 7 } } };
  const id = await engine.start({ definition: definitionOf(steps), input: {} });
  expect(await engine.ended(id)).toMatchObject({ status: "completed", output: { a: { value: 7 } } });
  expect(engine.warnings).toContainEqual(expect.stringContaining("nobody planned this"));
  // BullMQ's own log of the queue: delayed, and never handed back by a failure.
  const { client, keys } = engine.redis;
  const events = await client.xrange(`${keys.queues}:steps.core:events`, "-", "+");
  const kinds = events.map(([, fields]) => fields[1]);
  expect(kinds).toEqual(["added", "waiting", "active", "delayed", "waiting", "active", "completed", "drained"]);
});
