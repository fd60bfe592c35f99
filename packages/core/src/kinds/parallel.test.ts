import { definitionOf, heldAction, memoryEngine, noop, stepOf } from "@batonrun/verify/memory";
import { describe, expect, test } from "vitest";

const failing = (more: object = {}) => ({ action: "core.fail", with: { message: "no" }, ...more });

describe("a parallel", () => {
  test("returns the results of its branches by id", async () => {
    const run = await memoryEngine().run({ box: { type: "parallel", steps: { a: noop(1), b: noop(2) } } });
    expect(stepOf(run, "box")).toMatchObject({
      status: "completed",
      counts: { total: 2, completed: 2 },
      result: { results: { a: { value: 1 }, b: { value: 2 } }, total: 2, succeeded: 2, failed: 0, successRate: 1 },
    });
  });

  test("can have branches that depend on each other and on outer steps", async () => {
    const steps = { a: noop("{{ before.result.value + 1 }}"), b: noop("{{ a.result.value + 1 }}") };
    const run = await memoryEngine().run(
      { before: noop(1), box: { type: "parallel", steps } },
      { output: "{{ box.result.results.b }}" },
    );
    expect(run.output).toEqual({ value: 3 });
  });

  test.each([
    [undefined, "failed"],
    [0.5, "completed"],
    [0.6, "failed"],
  ])("with minSuccess %s and one of two branches failed is %s", async (minSuccess, status) => {
    const box = {
      type: "parallel",
      steps: { good: noop(1), bad: failing() },
      ...(minSuccess !== undefined && { minSuccess }),
    };
    const run = await memoryEngine().run({ box });
    expect(stepOf(run, "box").status).toBe(status);
    expect(run.status).toBe(status);
  });

  test("counts a failed branch with onError continue as failed, though its dependents run", async () => {
    const steps = { bad: failing({ onError: "continue" }), next: noop("{{ bad.error.message }}") };
    const run = await memoryEngine().run({ box: { type: "parallel", minSuccess: 0.5, steps } });
    expect(stepOf(run, "box.next")).toMatchObject({ status: "completed", result: { value: "no" } });
    expect(stepOf(run, "box")).toMatchObject({ status: "completed", result: { failed: 1, succeeded: 1 } });
  });

  test("runs at most maxParallel branches at once", async () => {
    const held = heldAction("test.hold");
    const engine = memoryEngine([held.action]);
    const steps = Object.fromEntries(["a", "b", "c"].map((id) => [id, { action: "test.hold" }]));
    const id = await engine.start({ definition: definitionOf({ box: { type: "parallel", maxParallel: 2, steps } }) });
    await engine.settled();
    expect(held.state.calls).toBe(2);
    held.release();
    await expect.poll(() => held.state.calls).toBe(3);
    held.release();
    held.release();
    expect((await engine.ended(id)).status).toBe("completed");
  });

  test("that is skipped skips its branches", async () => {
    const run = await memoryEngine().run({ box: { type: "parallel", if: "false", steps: { a: noop(1) } } });
    expect(stepOf(run, "box")).toMatchObject({ status: "skipped", reason: "condition_false" });
    expect(stepOf(run, "box.a")).toMatchObject({ status: "skipped", reason: "container_skipped" });
  });

  test("maps its result with `output` and checks it with outputSchema", async () => {
    const box = { type: "parallel", steps: { a: noop(1) }, output: { first: "result.results.a.value" } };
    const good = await memoryEngine().run({ box: { ...box, outputSchema: { required: ["first"] } } });
    expect(stepOf(good, "box").result).toEqual({ first: 1 });
    const bad = await memoryEngine().run({ box: { ...box, outputSchema: { required: ["second"] } } });
    expect(stepOf(bad, "box")).toMatchObject({ status: "failed", error: { type: "validation" } });
  });

  test("checks a result without `output` with outputSchema too", async () => {
    const box = { type: "parallel", steps: { a: noop(1) }, outputSchema: { properties: { failed: { minimum: 1 } } } };
    expect(stepOf(await memoryEngine().run({ box }), "box")).toMatchObject({
      status: "failed",
      error: { type: "validation" },
    });
  });
});
