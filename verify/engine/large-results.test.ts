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

test("a result above 64 KB is kept apart and read by the next step and the output", async () => {
  await engine.work([echo]);
  const text = "x".repeat(100_000);
  const run = await engine.run(
    { a: noop(text), b: noop("{{ size(a.result.value) }}") },
    { output: "{{ a.result.value }}" },
  );
  expect(run).toMatchObject({ status: "completed", output: text });
  expect(stepOf(run, "b")?.result).toEqual({ value: 100_000 });
});

test("a result of 64 KB is stored with the others, and one a byte larger apart", async () => {
  await engine.work([echo]);
  const around = 65_536 - '{"value":""}'.length;
  const run = await engine.run({ a: noop("x".repeat(around)), b: noop("x".repeat(around + 1)) });
  const { out, big } = engine.redis.keys.run(run.id);
  expect(await engine.redis.client.hstrlen(out, "a")).toBe(65_536);
  expect(await engine.redis.client.hget(out, "b")).toBe("@65537");
  expect(await engine.redis.client.hkeys(big)).not.toContain("a");
  expect(await engine.redis.client.hstrlen(big, "b")).toBe(65_537);
});

test("a result above 1 MB fails the step with type limit", async () => {
  const large = actionOf("test.large", () => "x".repeat(1_100_000));
  await engine.work([large]);
  const run = await engine.run({ a: { action: "test.large", retry: { attempts: 3, delay: "10ms" } } });
  expect(run.status).toBe("failed");
  expect(stepOf(run, "a")).toMatchObject({ attempts: 1, error: { type: "limit" } });
});

test("what one step loads together is bounded to 16 MB", async () => {
  const large = actionOf("test.large", () => "x".repeat(1_000_000));
  await engine.work([large, echo]);
  const steps = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`a${i}`, { action: "test.large" }]));
  const sizes = Object.keys(steps).map((id) => `size(${id}.result)`);
  const run = await engine.run({ ...steps, sum: noop(`{{ ${sizes.join(" + ")} }}`) }, { output: "{{ sum.result }}" });
  expect(run.status).toBe("failed");
  expect(stepOf(run, "sum")).toMatchObject({ error: { type: "limit" } });
});

test("an output above 1 MB fails the run, and says how large it is", async () => {
  await engine.work([echo]);
  const text = "x".repeat(600_000);
  const run = await engine.run({ a: noop(text), b: noop(text) });
  expect(run).toMatchObject({
    status: "failed",
    error: { type: "limit", message: expect.stringContaining("1048576") },
  });
});

test("a map of 10,000 items completes", async () => {
  await engine.work([echo], { concurrency: 50, lockDurationMs: 10_000 });
  const id = await engine.start({
    definition: definitionOf(
      { all: { type: "map", over: "input.items", step: { action: "core.noop", with: "{{ item }}" } } },
      { maxParallel: 50, output: "{{ all.result.succeeded }}" },
    ),
    input: { items: Array.from({ length: 10_000 }, (_, i) => i) },
  });
  const run = await engine.ended(id, 60_000);
  expect(run).toMatchObject({ status: "completed", output: 10_000 });
  expect(stepOf(run, "all")).toMatchObject({ counts: { total: 10_000, completed: 10_000 } });
}, 90_000);
