import { actionOf, definitionOf, heldAction, memoryEngine, noop, stepOf } from "@batonrun/verify/memory";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { GIVE_UP_MS } from "../actions/call-action.js";
import { cancelRun } from "../commands/cancel-run.js";

const failing = (input: object, more: object = {}) => ({ action: "core.fail", with: input, ...more });
const retry = { attempts: 3, delay: "1s", maxDelay: "1m", jitter: 0 };

describe("a failed attempt", () => {
  test("is retried after a delay that doubles", async () => {
    const engine = memoryEngine();
    const run = await engine.run({ a: failing({ times: 2 }, { retry }) });
    expect(stepOf(run, "a")).toMatchObject({ status: "completed", attempts: 3 });
    const retries = (await engine.events(run.id)).filter(({ type }) => type === "step_retrying");
    expect(retries.map(({ attempt, data }) => [attempt, data])).toEqual([
      [1, { error: { type: "action", message: "asked to fail" }, delayMs: 1_000 }],
      [2, { error: { type: "action", message: "asked to fail" }, delayMs: 2_000 }],
    ]);
    expect(engine.metrics.total("stepRetried test action")).toBe(2);
    expect(engine.metrics.total("stepEnded test action completed")).toBe(1);
  });

  test.each([
    ["has no attempts left", failing({}, { retry }), 3],
    ["is marked as not retryable", failing({ retryable: false }, { retry }), 1],
    ["has a type listed in `except`", failing({ type: "busy" }, { retry: { ...retry, except: ["busy"] } }), 1],
    ["has no retry policy", failing({}), 1],
  ])("that %s fails its step", async (_title, step, attempts) => {
    const run = await memoryEngine().run({ a: step });
    expect(run).toMatchObject({ status: "failed", closing: "failed" });
    expect(stepOf(run, "a")).toMatchObject({ status: "failed", attempts });
  });

  test("uses the workflow's retry policy if the step has none", async () => {
    const run = await memoryEngine().run({ a: failing({ times: 1 }) }, { retry });
    expect(stepOf(run, "a")).toMatchObject({ status: "completed", attempts: 2 });
  });

  test("is not retried in a closing run", async () => {
    const held = heldAction("test.hold");
    const stubborn = actionOf("test.stubborn", async (context) => {
      await Promise.resolve(held.action.run(context)).catch(() => undefined);
      throw new Error("my own");
    });
    const engine = memoryEngine([stubborn]);
    const id = await engine.start({
      definition: definitionOf({ a: { action: "test.stubborn", retry }, b: failing({}) }),
    });
    await expect.poll(() => engine.eventTypes(id)).toContain("run_closing");
    held.release();
    const run = await engine.ended(id);
    expect(stepOf(run, "a")).toMatchObject({ status: "failed", attempts: 1, error: { message: "my own" } });
  });
});

describe("the effects of an outcome", () => {
  test.each([
    ["failure", failing({}, { onError: "continue" }), "completed", null],
    ["skip", noop(1, { if: "false" }), "skipped", "dependency_skipped"],
  ])("a step that depends on a %s alone", async (_title, first, status, reason) => {
    const run = await memoryEngine().run({
      a: first,
      b: noop(1, { if: "a.status != 'completed'" }),
      c: noop(1, { needs: ["a"] }),
    });
    expect(run.status).toBe("completed");
    // The `if` of `b` reads the status of `a`, so it is evaluated whatever that status is.
    expect(stepOf(run, "b")).toMatchObject({ status: "completed" });
    expect(stepOf(run, "c")).toMatchObject(reason === null ? { status } : { status, reason });
  });

  test("a failure inside a container skips all steps that depend on it, directly or indirectly", async () => {
    const steps = {
      bad: failing({}),
      next: noop(1, { needs: ["bad"] }),
      third: noop(1, { needs: ["next"] }),
      free: noop(1),
    };
    const run = await memoryEngine().run({ box: { type: "parallel", minSuccess: 0, steps } });
    expect(run.status).toBe("completed");
    for (const id of ["box.next", "box.third"]) {
      expect(stepOf(run, id)).toMatchObject({ status: "skipped", reason: "dependency_failed" });
    }
    expect(stepOf(run, "box.free")).toMatchObject({ status: "completed" });
  });

  test("a failure at the top level closes the run and cancels steps that have not started", async () => {
    const engine = memoryEngine();
    const run = await engine.run({ a: failing({ message: "no" }), b: noop(1, { needs: ["a"] }) });
    expect(run).toMatchObject({ status: "failed", closing: "failed" });
    expect(stepOf(run, "b")).toMatchObject({ status: "cancelled" });
    const closing = (await engine.events(run.id)).find(({ type }) => type === "run_closing");
    expect(closing?.data).toEqual({ closing: "failed", step: "a", error: { type: "action" } });
  });

  test("the error of a tolerated failure is readable by its dependents", async () => {
    const run = await memoryEngine().run({
      a: failing({ message: "no", type: "odd" }, { onError: "continue" }),
      b: noop("{{ a.error.type + ':' + a.error.message }}"),
    });
    expect(run).toMatchObject({ status: "completed", output: { b: { value: "odd:no" } } });
  });

  test("an event contains the error's type and 500 characters, and the step contains all of it", async () => {
    const engine = memoryEngine();
    const run = await engine.run({ a: failing({ message: "x".repeat(600), retryable: false }) });
    const failed = (await engine.events(run.id)).find(({ type }) => type === "step_failed");
    expect(failed?.data).toEqual({ error: { type: "action", message: "x".repeat(500) } });
    expect(stepOf(run, "a")).toMatchObject({ error: { message: "x".repeat(600) } });
  });
});

describe("a running attempt", () => {
  async function holding(options = {}) {
    const held = heldAction("test.hold");
    const engine = memoryEngine([held.action], options);
    const id = await engine.start({
      definition: definitionOf({ a: { action: "test.hold", retry }, b: noop("{{ a.result }}") }),
    });
    await held.arrived();
    return { engine, held, id };
  }

  test("is aborted when its run is cancelled, and starts no dependents", async () => {
    const { engine, held, id } = await holding();
    await cancelRun(engine, { id, actor: "ann" });
    const run = await engine.ended(id);
    expect(run.status).toBe("cancelled");
    expect(stepOf(run, "a")).toMatchObject({ status: "cancelled", attempts: 1, error: { type: "cancelled" } });
    expect(held.state.aborted).toBe(1);
    expect(await engine.eventTypes(id)).toEqual([
      "run_started",
      "step_started a",
      "run_closing",
      "step_cancelled a",
      "run_cancelled",
    ]);
  });

  test("is aborted when its run times out", async () => {
    const { engine, id } = await holding();
    await engine.passTime(48 * 3_600_000);
    expect(await engine.ended(id)).toMatchObject({ status: "timed_out", closing: "timed_out" });
  });

  test("is handed back when its worker stops, without counting an attempt", async () => {
    const { engine, held, id } = await holding();
    engine.isStopping = true;
    engine.steps.active.abortAll("stopping");
    await expect.poll(() => engine.eventTypes(id)).toContain("step_handed_back a");
    engine.isStopping = false;
    engine.work([]);
    await expect.poll(() => held.state.calls).toBe(2);
    held.release();
    held.release();
    const run = await engine.ended(id);
    expect(stepOf(run, "a")).toMatchObject({ status: "completed", attempts: 1 });
  });
});

describe("metrics", () => {
  test("count every start and end of a step, and measure the waiting time of queued steps", async () => {
    const engine = memoryEngine();
    await engine.run({
      a: noop(1),
      box: { type: "parallel", needs: ["a"], steps: { x: noop(1), y: noop(1, { if: "false" }) } },
    });
    expect(Object.fromEntries(engine.metrics.totals)).toEqual({
      "runStarted test": 1,
      "stepStarted test action": 3,
      "stepStarted test parallel": 1,
      "stepEnded test action completed": 2,
      "stepEnded test action skipped": 1,
      "stepEnded test parallel completed": 1,
      "runEnded test completed": 1,
    });
    const measured = (name: string) => engine.metrics.measured(name).count;
    // `a` and one of the two branches waited in the queue. The enter, the other branch, and the exit ran inline.
    expect([measured("queueWait steps.core"), measured("handOff true"), measured("handOff false")]).toEqual([2, 3, 1]);
    expect([measured("step test action"), measured("step test parallel"), measured("run test")]).toEqual([2, 1, 1]);
  });

  test("count an action that ignores its signal as overdue until it returns", async () => {
    let finish: (value: string) => void = () => undefined;
    const deaf = actionOf("test.deaf", () => new Promise<string>((resolve) => (finish = resolve)));
    const engine = memoryEngine([deaf]);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const ending = engine.run({ a: { action: "test.deaf", timeout: "1ms", onError: "continue" } });
    await engine.settled();
    await vi.advanceTimersByTimeAsync(1 + GIVE_UP_MS);
    const run = await ending;
    expect(stepOf(run, "a")).toMatchObject({ status: "failed", error: { type: "timeout" } });
    expect(engine.metrics.overdue()).toBe(1);
    finish("late");
    await vi.waitFor(() => expect(engine.metrics.overdue()).toBe(0));
  });
});
