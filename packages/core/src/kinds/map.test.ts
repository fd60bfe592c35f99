import { definitionOf, heldAction, memoryEngine, noop, stepOf } from "@batonrun/verify/memory";
import { describe, expect, test } from "vitest";

const failing = (input: object = {}, more: object = {}) => ({ action: "core.fail", with: input, ...more });

describe("the `over` of a map", () => {
  test.each([
    ["a list", "input.list", 2, "completed"],
    ["an empty list", "[]", 0, "completed"],
    ["text", "input.text", null, "not a list"],
    ["a map", "input.map", null, "not a list"],
    ["null", "input.none", null, "not a list"],
    ["an error", "input.missing.deeper", null, "missing"],
  ])("that returns %s", async (_title, over, total, expected) => {
    const input = { list: [1, 2], none: null, text: "a", map: { a: 1 } };
    const run = await memoryEngine().run({ all: { type: "map", over, step: noop("{{ item }}") } }, { with: input });
    if (total === null) {
      expect(stepOf(run, "all")).toMatchObject({
        status: "failed",
        error: { type: "validation", message: expect.stringContaining(expected), retryable: false },
      });
    } else expect(stepOf(run, "all")).toMatchObject({ status: expected, counts: { total, completed: total } });
  });

  test("that is longer than one script starts keeps the value of every item", async () => {
    const over = Array.from({ length: 501 }, (_item, index) => index);
    const step = noop("{{ item }}");
    const run = await memoryEngine().run(
      { all: { type: "map", over: "input", step } },
      { with: over, output: "{{ all.result.results[500] }}" },
    );
    expect(run).toMatchObject({ status: "completed", output: { value: 500 } });
  });

  test("without items has the success rate 1", async () => {
    const run = await memoryEngine().run({ all: { type: "map", over: "[]", step: noop(1) } });
    expect(stepOf(run, "all").result).toEqual({
      results: [],
      failures: [],
      total: 0,
      succeeded: 0,
      failed: 0,
      successRate: 1,
    });
  });

  test("with more than 50,000 items fails", async () => {
    const list = Array.from({ length: 50_001 }, () => 0);
    const run = await memoryEngine().run({ all: { type: "map", over: "input", step: noop(1) } }, { with: list });
    expect(stepOf(run, "all")).toMatchObject({ status: "failed", error: { type: "limit" } });
  });
});

describe("items", () => {
  test("know their item and their index in the enclosing map's item", async () => {
    const inner = { type: "map", over: "item.list", step: noop("{{ [item, index] }}") };
    const over = [{ list: ["a", "b"] }, { list: ["c"] }];
    const run = await memoryEngine().run(
      { outer: { type: "map", over, step: inner } },
      { output: "{{ outer.result }}" },
    );
    const results = [
      { results: [{ value: ["a", 0] }, { value: ["b", 1] }], total: 2 },
      { results: [{ value: ["c", 0] }], total: 1 },
    ];
    expect(run.output).toMatchObject({ results, total: 2, succeeded: 2 });
  });

  test("run up to maxParallel at once, and each one that ends starts the next", async () => {
    const held = heldAction("test.hold");
    const engine = memoryEngine([held.action]);
    const all = { type: "map", over: [1, 2, 3, 4, 5], maxParallel: 2, step: { action: "test.hold" } };
    const id = await engine.start({ definition: definitionOf({ all }) });
    await engine.settled();
    expect(held.state.calls).toBe(2);
    for (const calls of [3, 4, 5]) {
      held.release();
      await expect.poll(() => held.state.calls).toBe(calls);
    }
    held.release();
    held.release();
    expect(stepOf(await engine.ended(id), "all")).toMatchObject({ status: "completed", counts: { completed: 5 } });
  });

  test("of several steps end with their steps, and return the results of their leaves", async () => {
    const steps = { first: noop("{{ item }}"), second: noop("{{ first.result.value * 10 }}") };
    const run = await memoryEngine().run({ all: { type: "map", over: [1, 2], steps } });
    expect(stepOf(run, "all")).toMatchObject({
      result: { results: [{ second: { value: 10 } }, { second: { value: 20 } }] },
    });
  });

  test("of several steps fail if one step fails, and are skipped if all are", async () => {
    const steps = {
      check: noop(1, { if: "item != 'skip'" }),
      work: failing({ times: "{{ item == 'fail' ? 9 : 0 }}" }, { needs: ["check"] }),
    };
    const over = ["ok", "fail", "skip"];
    const run = await memoryEngine().run({ all: { type: "map", over, minSuccess: 0.5, steps } });
    expect(stepOf(run, "all")).toMatchObject({
      status: "completed",
      counts: { total: 3, completed: 1, failed: 1, skipped: 1 },
      result: { failures: [{ index: 1, error: { message: "1 of 2 steps of the item failed" } }], successRate: 0.5 },
    });
  });
});

describe("minSuccess of a map", () => {
  test.each([
    [1, [0, 0], "completed"],
    [1, [0, 9], "failed"],
    [0.5, [0, 9], "completed"],
    [0.51, [0, 9], "failed"],
    [0, [9, 9], "completed"],
  ])("%d over items that fail %j times", async (minSuccess, over, status) => {
    const step = failing({ times: "{{ item }}" });
    const run = await memoryEngine().run({ all: { type: "map", over, minSuccess, step } });
    expect(stepOf(run, "all").status).toBe(status);
    expect(run.status).toBe(status);
  });

  test("counts a failure with onError continue as a failure", async () => {
    const step = failing({}, { onError: "continue" });
    const run = await memoryEngine().run({ all: { type: "map", over: [1, 2], minSuccess: 0.5, step } });
    expect(stepOf(run, "all")).toMatchObject({
      status: "failed",
      error: { message: "2 of 2 failed: the success rate is 0, but minSuccess is 0.5" },
    });
  });

  test("does not count skipped items", async () => {
    const step = noop(1, { if: "item > 1" });
    const run = await memoryEngine().run({ all: { type: "map", over: [1, 2], step } });
    expect(stepOf(run, "all")).toMatchObject({ result: { results: [null, { value: 1 }], total: 1, successRate: 1 } });
  });
});
