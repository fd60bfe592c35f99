import type { RunId } from "@batonrun/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createMetrics } from "../../packages/core/src/metrics/create-metrics.js";
import { actionOf, echo, heldAction } from "../support/actions.js";
import { definitionOf, noop } from "../support/definition.js";
import { TestEngine } from "../support/engine.js";
import { noMetrics } from "../support/no-metrics.js";
import { stepOf } from "../support/step-of.js";

let engine: TestEngine;
beforeEach(() => {
  engine = new TestEngine();
});
afterEach(() => engine.close());

test("a step that passes its timeout is aborted, retried and then failed with type timeout", async () => {
  const held = heldAction("test.hold");
  await engine.work([held.action]);
  const step = { action: "test.hold", timeout: "40ms", retry: { attempts: 2, delay: "10ms" } };
  const run = await engine.run({ a: step });
  expect(run.status).toBe("failed");
  expect(stepOf(run, "a")).toMatchObject({ attempts: 2, error: { type: "timeout" } });
  expect(held.state.aborted).toBe(2);
});

test("an action that ignores its signal is settled without it, and its late result is dropped (EX2)", async () => {
  const finish: ((value: string) => void)[] = [];
  const deaf = actionOf("test.deaf", () => new Promise<string>((resolve) => finish.push(resolve)));
  const metrics = createMetrics({ process: "worker", version: "0", sources: { monotonicMs: () => 0 } });
  const overdue = async () => /^baton_overdue_actions .*$/m.exec(await metrics.scrape())?.[0];
  await engine.work([deaf, echo], { metrics });
  const run = await engine.run({
    a: { action: "test.deaf", timeout: "20ms", onError: "continue" },
    b: noop("{{ a.error.type }}"),
    c: { action: "test.deaf", timeout: "20ms", onError: "continue" },
  });
  expect(run).toMatchObject({ status: "completed", output: { b: { value: "timeout" } } });
  expect(await overdue()).toBe("baton_overdue_actions 2");
  for (const each of finish) each("late");
  await expect.poll(overdue).toBe("baton_overdue_actions 0");
  const [late] = await engine.reader.steps(run.id as RunId, ["a"], 1000);
  expect(late).toMatchObject({ record: { s: "failed" } });
});

test("an action that ignores its signal keeps a slot of its worker, and its retry is not taken for a crash", async () => {
  const finish: (() => void)[] = [];
  const deaf = actionOf("test.deaf", ({ attempt }) =>
    attempt > 1 ? "second" : new Promise<string>((resolve) => finish.push(() => resolve("late"))),
  );
  await engine.work([echo, deaf], { concurrency: 1 });
  const step = { action: "test.deaf", timeout: "20ms", retry: { attempts: 2, delay: "10ms" } };
  const id = await engine.start({ definition: definitionOf({ a: step }) });
  await expect.poll(() => engine.eventTypes(id), { timeout: 8000 }).toContain("step_retrying");
  const other = await engine.start({ definition: definitionOf({ b: noop(1) }, { timeout: "500ms" }) });
  expect((await engine.ended(other)).status).toBe("timed_out");
  for (const end of finish) end();
  const run = await engine.ended(id);
  expect(stepOf(run, "a")).toMatchObject({ status: "completed", result: "second", attempts: 2 });
  expect(await engine.eventTypes(id)).not.toContain("step_crashed");
});

test("a step that takes longer than its sla is noted once, and continues", async () => {
  const held = heldAction("test.hold");
  const breaches: string[] = [];
  await engine.work([held.action], { metrics: { ...noMetrics, slaBreached: (workflow) => breaches.push(workflow) } });
  const step = { action: "test.hold", sla: { duration: "30ms" } };
  const id = await engine.start({ definition: definitionOf({ a: step }) });
  await held.arrived();
  await expect.poll(() => engine.eventTypes(id)).toContain("step_sla_breached");
  held.release();
  const run = await engine.ended(id);
  expect(run.status).toBe("completed");
  expect((await engine.eventTypes(id)).filter((type) => type === "step_sla_breached")).toHaveLength(1);
  expect(breaches).toEqual(["test"]);
});

// Shows I8.
test("a delayed run starts by Redis time, not before (I8)", async () => {
  await engine.work([echo]);
  const id = await engine.start({ definition: definitionOf({ a: noop(1) }), delayMs: 400 });
  const run = await engine.ended(id);
  expect(run.status).toBe("completed");
  expect(Date.parse(run.startedAt ?? "") - Date.parse(run.createdAt)).toBeGreaterThanOrEqual(400);
  expect(await engine.eventTypes(id)).toEqual([
    "run_scheduled",
    "run_started",
    "step_started",
    "step_completed",
    "run_completed",
  ]);
});
