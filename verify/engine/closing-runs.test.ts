import { afterEach, beforeEach, expect, test } from "vitest";
import { echo, fail, heldAction } from "../support/actions.js";
import { definitionOf, noop } from "../support/definition.js";
import { TestEngine } from "../support/engine.js";
import { stepOf } from "../support/step-of.js";

let engine: TestEngine;
beforeEach(() => {
  engine = new TestEngine();
});
afterEach(() => engine.close());

// Shows I6.
test("cancel aborts the running step, and nothing new starts (I6)", async () => {
  const held = heldAction("test.hold");
  await engine.work([echo, held.action]);
  const id = await engine.start({
    definition: definitionOf({ a: { action: "test.hold" }, b: noop(1, { needs: ["a"] }) }),
  });
  await held.arrived();
  const reply = await engine.transitions.closeRun(id, "cancelled", { actor: "ann", reason: "wrong document" });
  expect(reply).toMatchObject({ kind: "closing", closing: "cancelled", atWork: 1 });
  const run = await engine.ended(id);
  expect(run.status).toBe("cancelled");
  expect(run.steps.map((step) => step.status)).toEqual(["cancelled", "cancelled"]);
  expect(held.state.aborted).toBe(1);
  expect(await engine.eventTypes(id)).toEqual([
    "run_started",
    "step_started",
    "run_closing",
    "step_cancelled",
    "run_cancelled",
  ]);
});

test("a lost broadcast does not save a running step: the worker checks its runs by itself", async () => {
  const held = heldAction("test.hold");
  await engine.work([held.action], { gateCheckMs: 50 });
  const id = await engine.start({ definition: definitionOf({ a: { action: "test.hold" } }) });
  await held.arrived();
  await engine.redis.client.hset(engine.redis.keys.run(id).run, "closing", "cancelled");
  const run = await engine.ended(id);
  expect(run.status).toBe("cancelled");
});

// Shows I1.
test("cancel takes waiting and delayed steps out of their queues (I1)", async () => {
  const id = await engine.start({ definition: definitionOf({ a: noop(1), b: noop(2) }), delayMs: 3_600_000 });
  const started = await engine.reader.run(id);
  expect(started?.status).toBe("initializing");
  await engine.transitions.closeRun(id, "cancelled", {});
  await engine.work([echo]);
  const run = await engine.ended(id);
  expect(run).toMatchObject({ status: "cancelled" });
  expect(run.startedAt).toBeUndefined();
});

test("the run's deadline times it out while a step is running", async () => {
  const held = heldAction("test.hold");
  await engine.work([held.action]);
  const run = await engine.run({ a: { action: "test.hold" }, b: noop(1, { needs: ["a"] }) }, { timeout: "700ms" });
  expect(run).toMatchObject({ status: "timed_out", closing: "timed_out" });
  expect(stepOf(run, "b")?.status).toBe("cancelled");
});

test("a run whose steps no worker serves is timed out all the same", async () => {
  await engine.work([echo]);
  const run = await engine.run({ a: { action: "core.noop", queue: "nobody" } }, { timeout: "600ms" });
  expect(run.status).toBe("timed_out");
});

// Shows I5.
test("a failure lets running siblings finish and drops what has not begun (I5, FR2)", async () => {
  const sibling = heldAction("test.sibling");
  const gate = heldAction("test.gate");
  await engine.work([fail, sibling.action, gate.action]);
  const id = await engine.start({
    definition: definitionOf({
      working: { action: "test.sibling", with: { kept: 1 } },
      retrying: { action: "core.fail", retry: { attempts: 9, delay: "1h", maxDelay: "1h", jitter: 0 } },
      gate: { action: "test.gate" },
      bad: { action: "core.fail", needs: ["gate"] },
    }),
  });
  await expect.poll(() => engine.eventTypes(id)).toContain("step_retrying");
  await Promise.all([sibling.arrived(), gate.arrived()]);
  gate.release();
  await expect.poll(() => engine.eventTypes(id)).toContain("run_closing");
  sibling.release();
  const run = await engine.ended(id);
  expect(run).toMatchObject({ status: "failed", closing: "failed" });
  expect(stepOf(run, "working")).toMatchObject({ status: "completed", result: { kept: 1 } });
  expect(stepOf(run, "retrying")?.status).toBe("cancelled");
});
