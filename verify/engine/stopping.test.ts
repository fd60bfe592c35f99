import { afterEach, beforeEach, expect, test } from "vitest";
import { echo, heldAction } from "../support/actions.js";
import { definitionOf, noop } from "../support/definition.js";
import { TestEngine } from "../support/engine.js";
import { stepOf } from "../support/step-of.js";

let engine: TestEngine;
beforeEach(() => {
  engine = new TestEngine();
});
afterEach(() => engine.close());

test("a graceful stop waits for the running step", async () => {
  const held = heldAction("test.hold");
  const worker = await engine.work([held.action, echo]);
  const id = await engine.start({
    definition: definitionOf({ a: { action: "test.hold", with: { n: 1 } }, b: noop("{{ a.result.n }}") }),
  });
  await held.arrived();
  const closed = worker.close({ graceMs: 10_000 });
  held.release();
  await closed;
  const [a, b] = await engine.reader.steps(id, ["a", "b"], 0);
  expect(a?.record?.s).toBe("completed");
  expect(b?.record?.s).toBe("pending");
  await engine.work([held.action, echo]);
  expect(await engine.ended(id)).toMatchObject({ status: "completed", output: { b: { value: 1 } } });
});

test("after the grace it hands the step back, and no attempt is counted", async () => {
  const held = heldAction("test.hold");
  const worker = await engine.work([held.action]);
  const id = await engine.start({ definition: definitionOf({ a: { action: "test.hold", with: { n: 1 } } }) });
  await held.arrived();
  await worker.close({ graceMs: 20 });
  const second = heldAction("test.hold");
  await engine.work([second.action]);
  await second.arrived();
  second.release();
  const run = await engine.ended(id);
  expect(stepOf(run, "a")).toMatchObject({ status: "completed", attempts: 1 });
  expect(await engine.eventTypes(id)).toContain("step_handed_back");
});
