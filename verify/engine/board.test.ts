import type { RunId } from "@batonrun/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { actionOf, echo, heldAction } from "../support/actions.js";
import { definitionOf, noop } from "../support/definition.js";
import { TestEngine } from "../support/engine.js";

let engine: TestEngine;
beforeEach(() => {
  engine = new TestEngine();
});
afterEach(() => engine.close());

test("the workflow's compliance flags are on every event of its runs", async () => {
  await engine.work([echo]);
  const run = await engine.run({ a: noop(1) }, { compliance: ["gdpr"] });
  const events = await engine.reader.events(run.id as RunId, 0, 100);
  expect(events.map((event) => event.compliance)).toEqual(events.map(() => ["gdpr"]));
});

test("a running job shows its progress, and in its log the steps that it did inline", async () => {
  const slow = heldAction("test.hold");
  const counting = actionOf("test.counting", async (context) => {
    context.progress(0.25);
    return await slow.action.run(context);
  });
  await engine.work([echo, counting]);
  const id = await engine.start({
    definition: definitionOf({ a: noop(1), b: { action: "test.counting", needs: ["a"] } }),
  });
  await slow.arrived();
  const { openQueue } = await import("../../packages/core/src/bullmq/open-queue.js");
  const queue = openQueue("steps.core", { client: engine.redis.client, prefix: engine.redis.keys.queues });
  await expect.poll(async () => (await queue.getJob(`${id}.a.0`))?.progress).toBe(25);
  expect((await queue.getJobLogs(`${id}.a.0`)).logs).toEqual(["a completed"]);
  slow.release();
  await engine.ended(id);
  await queue.close();
});
