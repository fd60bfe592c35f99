import { RunId, type RunView } from "@batonrun/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { echo, fail } from "../support/actions.js";
import { definitionOf, noop } from "../support/definition.js";
import { TestEngine } from "../support/engine.js";

let engine: TestEngine;
beforeAll(async () => {
  engine = new TestEngine();
  await engine.work([echo, fail]);
});
afterAll(() => engine.close());

function statusOf(run: RunView, id: string): string | undefined {
  return run.steps.find((step) => step.id === id)?.status;
}

function stepOf(run: RunView, id: string) {
  return run.steps.find((step) => step.id === id);
}

describe("plain steps", () => {
  test("a chain hands each result to the next step", async () => {
    const run = await engine.run({
      a: noop(1),
      b: noop("{{ a.result.value + 1 }}"),
      c: noop("{{ b.result.value + a.result.value }}"),
    });
    expect(run).toMatchObject({ status: "completed", output: { c: { value: 3 } } });
  });

  test("a chain longer than one job may carry inline ends all the same", async () => {
    const steps: Record<string, unknown> = { s0: noop(0) };
    for (let i = 1; i < 130; i += 1) steps[`s${i}`] = noop(`{{ s${i - 1}.result.value + 1 }}`);
    const run = await engine.run(steps);
    expect(run.output).toEqual({ s129: { value: 129 } });
  });

  test("a fan-out joins again with every result", async () => {
    const steps: Record<string, unknown> = { a: noop(1) };
    for (let i = 0; i < 30; i += 1) steps[`f${i}`] = noop(`{{ a.result.value + ${i} }}`);
    const run = await engine.run({ ...steps, z: noop("{{ f*.result }}") });
    const values = Array.from({ length: 30 }, (_, i) => ({ value: 1 + i }));
    expect(run.output).toEqual({ z: { value: values } });
  });

  // Shows I4.
  test("two diamonds may share a node (I4)", async () => {
    const run = await engine.run({
      a: noop(1),
      b: noop(2, { needs: ["a"] }),
      shared: noop(3, { needs: ["a"] }),
      c: noop(4, { needs: ["a"] }),
      left: noop("{{ b.result.value + shared.result.value }}"),
      right: noop("{{ c.result.value + shared.result.value }}"),
    });
    expect(run).toMatchObject({ status: "completed", output: { left: { value: 5 }, right: { value: 7 } } });
  });

  test("one script adds at most 200 jobs; the rest waits in line and is done all the same", async () => {
    const steps = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`s${i}`, noop(i)]));
    const parked = new TestEngine();
    const id = await parked.start({ definition: definitionOf(steps, { maxParallel: 1000 }) });
    const { run, ready } = parked.redis.keys.run(id);
    expect(await parked.redis.client.hget(run, "busy")).toBe("200");
    expect(await parked.redis.client.llen(ready)).toBe(800);
    await parked.work([echo]);
    expect((await parked.ended(id)).status).toBe("completed");
    await parked.close();
  });

  test("maxParallel 1 runs every step, one after the other", async () => {
    const run = await engine.run(
      { a: noop(1), b: noop(2), c: noop(3), d: noop(4, { needs: ["a", "b", "c"] }) },
      { maxParallel: 1 },
    );
    expect(run.status).toBe("completed");
    expect(run.steps.map((step) => step.status)).toEqual(["completed", "completed", "completed", "completed"]);
  });
});

describe("priority", () => {
  test("of what becomes ready together, the first by priority starts first", async () => {
    const run = await engine.run(
      {
        z: noop(0),
        slow: noop(1, { needs: ["z"], priority: 100 }),
        middle: noop(2, { needs: ["z"], priority: 50 }),
        first: noop(3, { needs: ["z"], priority: 1 }),
      },
      { maxParallel: 1 },
    );
    const events = await engine.reader.events(RunId.parse(run.id), 0, 100);
    const started = events.filter((event) => event.type === "step_started").map((event) => event.step);
    expect(started).toEqual(["z", "first", "middle", "slow"]);
  });
});

describe("conditions", () => {
  test("a skip passes through a diamond only where nothing else arrives", async () => {
    const run = await engine.run({
      a: noop(1),
      b: noop(2, { needs: ["a"], if: "a.result.value > 1" }),
      onlyb: noop("{{ b.result }}"),
      c: noop(3, { needs: ["a"] }),
      join: noop("{{ b.result == null }}", { needs: ["c"] }),
      seen: noop("{{ b.status }}", { if: "b.status == 'skipped'" }),
    });
    expect(run.status).toBe("completed");
    expect(stepOf(run, "b")).toMatchObject({ status: "skipped", reason: "condition_false" });
    expect(stepOf(run, "onlyb")).toMatchObject({ status: "skipped", reason: "dependency_skipped" });
    expect(run.output).toEqual({ onlyb: null, join: { value: true }, seen: { value: "skipped" } });
  });

  test("a conditional runs the first case that holds and skips the others", async () => {
    const steps = {
      a: noop(7),
      route: {
        type: "conditional",
        cases: [
          { if: "a.result.value < 5", steps: { small: noop("s") } },
          { if: "a.result.value < 10", steps: { one: noop("m"), two: noop("{{ one.result.value + '!' }}") } },
        ],
        else: { steps: { large: noop("l") } },
      },
      after: noop("{{ route.result.results.two.value }}"),
    };
    const run = await engine.run(steps);
    expect(run).toMatchObject({ status: "completed", output: { after: { value: "m!" } } });
    expect(statusOf(run, "route.0.small")).toBe("skipped");
    expect(statusOf(run, "route.1.two")).toBe("completed");
    expect(stepOf(run, "route.else.large")).toMatchObject({ status: "skipped", reason: "case_not_taken" });
    expect(stepOf(run, "route")?.result).toEqual({ case: 1, results: { one: { value: "m" }, two: { value: "m!" } } });
  });

  test("a conditional without a case that holds completes with none", async () => {
    const run = await engine.run({ route: { type: "conditional", cases: [{ if: "false", steps: { x: noop(1) } }] } });
    expect(run.status).toBe("completed");
    expect(stepOf(run, "route")?.result).toEqual({ case: null, results: {} });
  });

  test("a skipped container skips what is in it and what only waits for it", async () => {
    const run = await engine.run({
      box: { type: "parallel", if: "false", steps: { x: noop(1) } },
      after: noop(2, { needs: ["box"] }),
    });
    expect(run.status).toBe("completed");
    expect(run.steps.map((step) => [step.id, step.status])).toEqual([
      ["box", "skipped"],
      ["box.x", "skipped"],
      ["after", "skipped"],
    ]);
  });
});

describe("parallel", () => {
  test("a failed branch skips its dependents, and minSuccess decides about the whole", async () => {
    const branches = {
      good: noop(1),
      bad: { action: "core.fail", with: { message: "no" } },
      after: noop("{{ bad.result }}"),
      late: noop("{{ after.result }}", { needs: ["good"] }),
    };
    const run = await engine.run({ box: { type: "parallel", minSuccess: 0.5, steps: branches } });
    expect(run.status).toBe("completed");
    expect(stepOf(run, "box.after")).toMatchObject({ status: "skipped", reason: "dependency_failed" });
    expect(stepOf(run, "box.late")).toMatchObject({ status: "skipped", reason: "dependency_failed" });
    expect(stepOf(run, "box")?.result).toMatchObject({
      results: { good: { value: 1 }, bad: null, after: null, late: null },
      total: 2,
      succeeded: 1,
      failed: 1,
      successRate: 0.5,
      failures: [{ id: "bad", error: { type: "action", message: "no" } }],
    });
  });

  test("below minSuccess the container fails and, at the top, the run", async () => {
    const run = await engine.run({
      box: { type: "parallel", steps: { good: noop(1), bad: { action: "core.fail" } } },
      after: noop(1, { needs: ["box"] }),
    });
    expect(run).toMatchObject({ status: "failed", closing: "failed" });
    expect(statusOf(run, "box")).toBe("failed");
    expect(statusOf(run, "after")).toBe("cancelled");
  });

  test("maxParallel of a container bounds its branches, and all of them run", async () => {
    const steps = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`b${i}`, noop(i)]));
    const run = await engine.run({ box: { type: "parallel", maxParallel: 3, steps } });
    expect(run.status).toBe("completed");
    expect(stepOf(run, "box")?.result).toMatchObject({ total: 12, succeeded: 12 });
  });

  test("a parallel of 1,900 branches, three at a time, runs every branch", async () => {
    const steps = Object.fromEntries(Array.from({ length: 1900 }, (_, i) => [`b${i}`, noop(i)]));
    const run = await engine.run(
      { box: { type: "parallel", maxParallel: 3, steps } },
      { output: "box.result.succeeded" },
    );
    expect(run).toMatchObject({ status: "completed" });
    expect(stepOf(run, "box")?.counts).toMatchObject({ total: 1900, completed: 1900 });
  });
});

describe("map", () => {
  for (const count of [0, 1, 25]) {
    test(`a map of ${count} items gives its results in order`, async () => {
      const over = Array.from({ length: count }, (_, i) => i);
      const run = await engine.run({
        all: { type: "map", over, step: noop("{{ item * 2 + index }}") },
        z: noop("{{ all.result.total }}"),
      });
      expect(run).toMatchObject({ status: "completed", output: { z: { value: count } } });
      const result = stepOf(run, "all")?.result;
      expect(result).toMatchObject({ total: count, succeeded: count, results: over.map((i) => ({ value: i * 3 })) });
    });
  }

  test("an item of several steps is the map of the results of its last steps", async () => {
    const body = {
      first: noop("{{ item }}"),
      second: noop("{{ first.result.value + 1 }}"),
      third: noop("{{ first.result.value + 2 }}"),
    };
    const run = await engine.run({ all: { type: "map", over: [1, 10], maxParallel: 1, steps: body } });
    expect(run.status).toBe("completed");
    expect(stepOf(run, "all")?.result).toMatchObject({
      results: [
        { second: { value: 2 }, third: { value: 3 } },
        { second: { value: 11 }, third: { value: 12 } },
      ],
    });
  });

  test("a map may hold a map", async () => {
    const inner = { type: "map", over: "item", step: noop("{{ item }}") };
    const run = await engine.run({
      outer: { type: "map", over: [[1, 2], [], [3]], step: inner },
      z: noop("{{ outer.result.results.map(r, r.total) }}"),
    });
    expect(run).toMatchObject({ status: "completed", output: { z: { value: [2, 0, 1] } } });
  });

  test("failed items are null in the results and named in the failures", async () => {
    const step = { action: "core.fail", with: { times: "{{ item }}" } };
    const run = await engine.run({ all: { type: "map", over: [0, 9, 0], minSuccess: 0.6, step } });
    expect(run.status).toBe("completed");
    const result = stepOf(run, "all")?.result;
    expect(result).toMatchObject({ total: 3, succeeded: 2, failed: 1, failures: [{ index: 1 }] });
  });

  test("an item may be null, and stays null", async () => {
    const run = await engine.run({
      all: { type: "map", over: [null, 0, ""], step: { action: "core.noop", with: "{{ item }}" } },
    });
    expect(stepOf(run, "all")?.result).toMatchObject({ results: [null, 0, ""], succeeded: 3 });
  });

  test("a container's output replaces its result, and its outputSchema is held to", async () => {
    const box = { type: "map", over: [1, 2], step: noop("{{ item }}") };
    const run = await engine.run({
      short: { ...box, output: { count: "result.total" }, outputSchema: { required: ["count"] } },
      strict: { ...box, outputSchema: { required: ["nothing"] }, onError: "continue" },
      z: noop("{{ short.result.count }}"),
    });
    expect(run).toMatchObject({ status: "completed", output: { z: { value: 2 } } });
    expect(stepOf(run, "short")?.result).toEqual({ count: 2 });
    expect(stepOf(run, "strict")).toMatchObject({ status: "failed", error: { type: "validation" } });
  });

  test("over that gives no list fails the map with type validation", async () => {
    const run = await engine.run({ a: noop(1), all: { type: "map", over: "a.result.value", step: noop(1) } });
    expect(run.status).toBe("failed");
    expect(stepOf(run, "all")?.error).toMatchObject({ type: "validation" });
  });
});

describe("failure", () => {
  test("retry then success", async () => {
    const step = { action: "core.fail", with: { times: 2 }, retry: { attempts: 3, delay: "10ms" } };
    const run = await engine.run({ flaky: step });
    expect(run.status).toBe("completed");
    expect(stepOf(run, "flaky")).toMatchObject({ status: "completed", attempts: 3 });
  });

  test("retries exhausted fail the run with the last error", async () => {
    const run = await engine.run({
      flaky: { action: "core.fail", with: { message: "gone" }, retry: { attempts: 2, delay: "10ms" } },
    });
    expect(run.status).toBe("failed");
    expect(stepOf(run, "flaky")).toMatchObject({ status: "failed", attempts: 2, error: { message: "gone" } });
  });

  test("a non-retryable error and retry.except are not tried again", async () => {
    const retry = { attempts: 5, delay: "10ms", except: ["quota"] };
    const run = await engine.run({
      one: { action: "core.fail", with: { retryable: false }, retry, onError: "continue" },
      two: { action: "core.fail", with: { type: "quota" }, retry, onError: "continue" },
    });
    expect(run.steps.map((step) => step.attempts)).toEqual([1, 1]);
    expect(run.status).toBe("completed");
  });

  test("onError continue lets dependents run and see the status", async () => {
    const run = await engine.run({
      bad: { action: "core.fail", with: { type: "quota" }, onError: "continue" },
      after: noop("{{ bad.status + ' ' + bad.error.type }}"),
    });
    expect(run).toMatchObject({ status: "completed", output: { after: { value: "failed quota" } } });
  });

  test("an expression error fails the step with type validation, not retried", async () => {
    const run = await engine.run({
      a: noop(1),
      b: noop("{{ a.result.nothing.here }}", { retry: { attempts: 3, delay: "10ms" } }),
    });
    expect(run.status).toBe("failed");
    expect(stepOf(run, "b")).toMatchObject({ attempts: 1, error: { type: "validation" } });
  });

  test("an output that cannot be made fails the run", async () => {
    const run = await engine.run({ a: noop(1) }, { output: "{{ a.result.nothing.here }}" });
    expect(run).toMatchObject({ status: "failed", error: { type: "validation" } });
  });
});
