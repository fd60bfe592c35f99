import { actionOf, definitionOf, heldAction, memoryEngine, noop, stepOf } from "@batonrun/verify/memory";
import { describe, expect, test } from "vitest";

const retry = { attempts: 3, delay: "10ms", jitter: 0 };

describe("an attempt", () => {
  test.each([
    ["returns a value", noop(1), { status: "completed", result: { value: 1 }, attempts: 1 }],
    [
      "reads other steps by templates",
      noop("{{ before.result.value + vars.more }}"),
      { status: "completed", result: { value: 42 } },
    ],
    [
      "maps its result by `output`",
      noop(3, { output: { double: "result.value * 2" } }),
      { status: "completed", result: { double: 6 } },
    ],
    [
      "matches its outputSchema",
      noop(3, { outputSchema: { type: "object", required: ["value"] } }),
      { status: "completed", result: { value: 3 } },
    ],
    [
      "does not match its outputSchema",
      noop(3, { retry, outputSchema: { type: "object", required: ["other"] } }),
      {
        status: "failed",
        attempts: 1,
        error: { type: "validation", message: expect.stringContaining("outputSchema") },
      },
    ],
    [
      "checks the mapped result, not the action's",
      noop(3, { output: { a: "result.value" }, outputSchema: { required: ["value"] } }),
      { status: "failed", error: { type: "validation" } },
    ],
    ["is skipped by its `if`", noop(1, { if: "false" }), { status: "skipped", reason: "condition_false", attempts: 1 }],
    [
      "fails in its `if`",
      noop(1, { if: "input.none > 1", retry }),
      { status: "failed", attempts: 1, error: { type: "validation" } },
    ],
    [
      "fails in a template",
      noop("{{ input.none.deeper }}", { retry }),
      { status: "failed", attempts: 1, error: { type: "validation" } },
    ],
    [
      "fails in its `output`",
      noop(1, { output: { a: "result.none.deeper" } }),
      { status: "failed", error: { type: "validation" } },
    ],
    [
      "has input that its action rejects",
      { action: "core.fail", with: { message: "no", retryable: false }, retry },
      { status: "failed", attempts: 1, error: { type: "action", message: "no", retryable: false } },
    ],
    [
      "returns more than 1 MB",
      { action: "test.give", with: { length: 1024 * 1024 } },
      { status: "failed", error: { type: "limit", message: expect.stringContaining("1048578 bytes") } },
    ],
    [
      "returns exactly 1 MB",
      { action: "test.give", with: { length: 1024 * 1024 - 2 } },
      { status: "completed", attempts: 1 },
    ],
    [
      "returns a value that JSON cannot represent",
      { action: "test.bigint", retry },
      { status: "failed", attempts: 1, error: { type: "validation" } },
    ],
    ["returns nothing", { action: "test.nothing" }, { status: "completed", result: null }],
  ])("that %s ends accordingly", async (_title, step, expected) => {
    // The definition of `test.give` above passes an object with `length`.
    const give = actionOf("test.give", ({ input }) => "x".repeat((input as { length: number }).length));
    const engine = memoryEngine([give, actionOf("test.bigint", () => 10n), actionOf("test.nothing", () => undefined)]);
    const run = await engine.run(
      { before: noop(40), x: { needs: ["before"], ...step } },
      { vars: { more: 2 }, output: 1 },
    );
    expect(stepOf(run, "x")).toMatchObject(expected);
    expect(run.status).toBe(expected.status === "failed" ? "failed" : "completed");
  });

  test("passes the input, the attempt, the secrets, and one idempotency key for all attempts to its action", async () => {
    const seen: unknown[] = [];
    const look = actionOf("test.look", ({ input, attempt, idempotencyKey, secrets, progress }) => {
      seen.push({ input, attempt, idempotencyKey, secrets });
      progress(0.5);
      if (attempt === 1) throw new Error("once");
      return null;
    });
    const engine = memoryEngine([look], { secrets: { TOKEN: "s3cret" } });
    const id = await engine.start({ definition: definitionOf({ a: { action: "test.look", with: { n: 1 }, retry } }) });
    await engine.ended(id);
    const each = { input: { n: 1 }, idempotencyKey: `${id}.a`, secrets: { TOKEN: "s3cret" } };
    expect(seen).toEqual([
      { ...each, attempt: 1 },
      { ...each, attempt: 2 },
    ]);
    expect(engine.progress).toEqual([0.5, 0.5]);
  });

  test("is aborted at its timeout and fails with type timeout", async () => {
    const held = heldAction("test.hold");
    const engine = memoryEngine([held.action]);
    const run = await engine.run({ a: { action: "test.hold", timeout: "5ms", retry: { ...retry, attempts: 2 } } });
    expect(stepOf(run, "a")).toMatchObject({ status: "failed", attempts: 2, error: { type: "timeout" } });
    expect(held.state).toEqual({ calls: 2, aborted: 2 });
  });
});

describe("a worker that vanishes with a step", () => {
  async function crashed(times: number) {
    const held = heldAction("test.hold");
    const engine = memoryEngine([held.action]);
    const id = await engine.start({ definition: definitionOf({ a: { action: "test.hold" } }) });
    for (let crash = 1; crash <= times; crash += 1) {
      await held.arrived();
      await engine.crash();
    }
    return { engine, held, id };
  }

  test("leaves it to the next worker, and its late report is ignored (EX1)", async () => {
    const { engine, held, id } = await crashed(1);
    expect(held.state).toMatchObject({ calls: 2, aborted: 1 });
    expect(engine.logged).toContain("warn lost the lease of a step; another worker may be running it");
    held.release();
    held.release();
    const run = await engine.ended(id);
    expect(stepOf(run, "a")).toMatchObject({ status: "completed", attempts: 2 });
    expect(await engine.eventTypes(id)).toContain("step_crashed a");
  });

  test("is the fifth to vanish: the step is not retried", async () => {
    const { engine, held, id } = await crashed(5);
    const run = await engine.ended(id);
    expect(held.state.calls).toBe(5);
    expect(stepOf(run, "a")).toMatchObject({ status: "failed", error: { type: "poisoned", retryable: false } });
  });
});

describe("a step whose action the worker lacks", () => {
  test("is handed back without a failure, with growing delays, until a worker that has it runs it (EX3)", async () => {
    const engine = memoryEngine();
    const id = await engine.start({ definition: definitionOf({ a: { action: "test.late" } }) });
    await engine.settled();
    await engine.passTime(1_000);
    await engine.passTime(2_000);
    const delays = Object.values(engine.cell.state().queues).flatMap(({ delayed }) => delayed);
    expect(delays.map(({ dueAt }) => dueAt - engine.clock.now())).toEqual([4_000]);
    engine.work([actionOf("test.late", () => "done")]);
    const run = await engine.ended(id);
    expect(stepOf(run, "a")).toMatchObject({ status: "completed", result: "done", attempts: 1 });
    expect((await engine.eventTypes(id)).filter((type) => type === "step_handed_back a")).toHaveLength(3);
  });

  test("waits at most 30 seconds between two hand-backs", async () => {
    const engine = memoryEngine();
    await engine.start({ definition: definitionOf({ a: { action: "test.late" } }) });
    for (let times = 0; times < 8; times += 1) await engine.passTime(30_000);
    const delays = Object.values(engine.cell.state().queues).flatMap(({ delayed }) => delayed);
    expect(delays.map(({ dueAt }) => dueAt - engine.clock.now())).toEqual([30_000]);
  });
});

describe("inline", () => {
  /** The keys of all jobs that ran steps. */
  function jobsOf(engine: ReturnType<typeof memoryEngine>): ReadonlySet<string> {
    const jobs = new Set<string>();
    engine.cell.listen((_before, { jobs: all }) => {
      for (const [key, { token }] of Object.entries(all)) if (token !== null && !key.startsWith("runs/")) jobs.add(key);
    });
    return jobs;
  }

  const chain = (length: number) =>
    Object.fromEntries(
      Array.from({ length }, (_, n) => [`s${n}`, noop(n === 0 ? 0 : `{{ s${n - 1}.result.value + 1 }}`)]),
    );

  test("one job runs up to 50 steps of a chain", async () => {
    const engine = memoryEngine();
    const jobs = jobsOf(engine);
    expect((await engine.run(chain(50))).output).toEqual({ s49: { value: 49 } });
    expect(jobs.size).toBe(1);
    await engine.run(chain(51));
    expect(jobs.size).toBe(3);
  });

  test("a queue with a limiter or a pause gets a job for every step", async () => {
    const engine = memoryEngine([], { isQueueFree: () => false });
    const jobs = jobsOf(engine);
    await engine.run(chain(3));
    expect(jobs.size).toBe(3);
  });

  test("a job that has run for a second does not continue inline", async () => {
    let ms = 0;
    const slow = actionOf("test.slow", () => {
      ms += 1_000;
      return { value: 0 };
    });
    const engine = memoryEngine([slow], { monotonicMs: () => ms });
    const jobs = jobsOf(engine);
    await engine.run({ ...chain(2), s0: { action: "test.slow" } });
    expect(jobs.size).toBe(2);
  });

  test("a job on a stopping worker does not continue inline", async () => {
    const held = heldAction("test.hold");
    const engine = memoryEngine([held.action]);
    const id = await engine.start({
      definition: definitionOf({ a: { action: "test.hold" }, b: noop("{{ a.result }}") }),
    });
    await held.arrived();
    engine.isStopping = true;
    held.release();
    await expect.poll(() => engine.eventTypes(id)).toContain("step_completed a");
    expect(await engine.eventTypes(id)).not.toContain("step_started b");
  });
});

test("secrets are removed from results and errors before anything is stored or logged", async () => {
  const secret = 'pass"word\n1';
  const engine = memoryEngine(
    [
      actionOf("test.tell", ({ secrets }) => ({ told: `it is ${secrets["TOKEN"]}` })),
      actionOf("test.shout", ({ secrets }) => {
        throw new Error(`not with ${secrets["TOKEN"]}`);
      }),
    ],
    { secrets: { TOKEN: secret } },
  );
  const run = await engine.run({ a: { action: "test.tell" }, b: { action: "test.shout", retry, needs: ["a"] } });
  expect(stepOf(run, "a")).toMatchObject({ result: { told: "it is [secret TOKEN]" } });
  expect(stepOf(run, "b")).toMatchObject({ attempts: 3, error: { message: "not with [secret TOKEN]" } });
  expect(JSON.stringify([engine.cell.state(), engine.logged])).not.toContain("word");
});
