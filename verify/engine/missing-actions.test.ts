import { afterEach, beforeEach, expect, test } from "vitest";
import { actionOf, echo } from "../support/actions.js";
import { definitionOf, noop } from "../support/definition.js";
import { TestEngine } from "../support/engine.js";
import { stepOf } from "../support/step-of.js";

let engine: TestEngine;
beforeEach(() => {
  engine = new TestEngine();
});
afterEach(() => engine.close());

test("a step whose action the worker does not have is handed back, and done once one has it", async () => {
  const first = await engine.work([echo]);
  const id = await engine.start({ definition: definitionOf({ a: { action: "late.action", with: { n: 1 } } }) });
  await expect.poll(() => engine.eventTypes(id), { timeout: 5000 }).toContain("step_handed_back");
  // Two workers on one queue: which of them gets the step next is chance.
  await first.close({ graceMs: 0 });
  const late = actionOf("late.action", ({ input }) => input);
  await engine.work([late]);
  const run = await engine.ended(id);
  expect(run.status).toBe("completed");
  expect(stepOf(run, "a")).toMatchObject({ attempts: 1, result: { n: 1 } });
});

test("a step that went on inline is retried by a worker that lacks the first step's action, under the same key", async () => {
  const seen: string[] = [];
  const second = (isGood: boolean) =>
    actionOf("two.step", ({ idempotencyKey }) => {
      seen.push(idempotencyKey);
      if (!isGood) throw new Error("not yet");
      return "done";
    });
  const first = await engine.work([echo, second(false)]);
  const retry = { attempts: 2, delay: "300ms", jitter: 0 };
  const id = await engine.start({
    definition: definitionOf({ a: noop(1), b: { action: "two.step", needs: ["a"], retry } }),
  });
  await expect.poll(() => engine.eventTypes(id)).toContain("step_retrying");
  await first.close({ graceMs: 0 });
  await engine.work([second(true)]);
  const run = await engine.ended(id);
  expect(stepOf(run, "b")).toMatchObject({ status: "completed", attempts: 2, generation: 0 });
  expect(new Set(seen).size).toBe(1);
  expect(await engine.eventTypes(id)).not.toContain("step_requeued");
});

// Shows I4.
test("a step job that was deleted by hand is queued again under the next generation (I4, FR3)", async () => {
  const id = await engine.start({ definition: definitionOf({ a: noop(1), b: noop("{{ a.result.value }}") }) });
  const { openQueue } = await import("../../packages/core/src/bullmq/open-queue.js");
  const queue = openQueue("steps.core", { client: engine.redis.client, prefix: engine.redis.keys.queues });
  const job = await queue.getJob(`${id}.a.0`);
  await job?.remove();
  await engine.work([echo]);
  const run = await engine.ended(id);
  await queue.close();
  expect(run).toMatchObject({ status: "completed", output: { b: { value: 1 } } });
  expect(stepOf(run, "a")).toMatchObject({ generation: 1, status: "completed" });
  expect(await engine.eventTypes(id)).toContain("step_requeued");
});
