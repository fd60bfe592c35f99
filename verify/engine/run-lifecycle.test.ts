import type { RunId, RunView } from "@batonrun/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { ActionError, defineAction } from "../../packages/core/src/actions/define-action.js";
import { createMetrics } from "../../packages/core/src/metrics/create-metrics.js";
import { echo, fail, heldAction } from "../support/actions.js";
import { definitionOf } from "../support/definition.js";
import { TestEngine } from "../support/engine.js";
import { noMetrics } from "../support/no-metrics.js";

let engine: TestEngine;
beforeEach(() => {
  engine = new TestEngine();
});
afterEach(() => engine.close());

const noop = (value: unknown, more: object = {}) => ({ action: "core.noop", with: { value }, ...more });

function stepOf(run: RunView, id: string) {
  return run.steps.find((step) => step.id === id);
}

async function eventTypes(id: RunId): Promise<readonly string[]> {
  const events = await engine.reader.events(id, 0, 1000);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  return events.map((event) => event.type);
}

/** Every key of the cell that names the run, or has a member that does. */
async function keysOf(id: string): Promise<readonly string[]> {
  const { client, keys } = engine.redis;
  const found: string[] = [];
  for (const key of await client.keys(`${keys.tag}:*`)) {
    if (key.includes(id)) found.push(key);
    else if ((await client.type(key)) === "zset") {
      const members = await client.zrange(key, 0, -1);
      if (members.some((member) => member.includes(id))) found.push(key);
    }
  }
  return found;
}

describe("ending a run from outside", () => {
  test("cancel aborts the step at work, and nothing new starts (I6)", async () => {
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
    expect(await eventTypes(id)).toEqual([
      "run_started",
      "step_started",
      "run_closing",
      "step_cancelled",
      "run_cancelled",
    ]);
  });

  test("a lost broadcast does not save a step at work: the worker asks for itself", async () => {
    const held = heldAction("test.hold");
    await engine.work([held.action], { gateCheckMs: 50 });
    const id = await engine.start({ definition: definitionOf({ a: { action: "test.hold" } }) });
    await held.arrived();
    await engine.redis.client.hset(engine.redis.keys.run(id).run, "closing", "cancelled");
    const run = await engine.ended(id);
    expect(run.status).toBe("cancelled");
  });

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

  test("the run's deadline times it out while a step is at work", async () => {
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

  test("a failure lets siblings at work finish and drops what was not begun (I5, FR2)", async () => {
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
    await expect.poll(() => eventTypes(id)).toContain("step_retrying");
    await Promise.all([sibling.arrived(), gate.arrived()]);
    gate.release();
    await expect.poll(() => eventTypes(id)).toContain("run_closing");
    sibling.release();
    const run = await engine.ended(id);
    expect(run).toMatchObject({ status: "failed", closing: "failed" });
    expect(stepOf(run, "working")).toMatchObject({ status: "completed", result: { kept: 1 } });
    expect(stepOf(run, "retrying")?.status).toBe("cancelled");
  });
});

describe("time", () => {
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
    const deaf = defineAction({
      name: "test.deaf",
      capability: "core",
      input: z.unknown(),
      output: z.unknown(),
      run: () => new Promise<string>((resolve) => finish.push(resolve)),
    });
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
    const deaf = defineAction({
      name: "test.deaf",
      capability: "core",
      input: z.unknown(),
      output: z.unknown(),
      run: ({ attempt }) =>
        attempt > 1
          ? "second"
          : new Promise<string>((resolve) => {
              finish.push(() => resolve("late"));
            }),
    });
    await engine.work([echo, deaf], { concurrency: 1 });
    const step = { action: "test.deaf", timeout: "20ms", retry: { attempts: 2, delay: "10ms" } };
    const id = await engine.start({ definition: definitionOf({ a: step }) });
    await expect.poll(() => eventTypes(id), { timeout: 8000 }).toContain("step_retrying");
    const other = await engine.start({ definition: definitionOf({ b: noop(1) }, { timeout: "500ms" }) });
    expect((await engine.ended(other)).status).toBe("timed_out");
    for (const end of finish) end();
    const run = await engine.ended(id);
    expect(stepOf(run, "a")).toMatchObject({ status: "completed", result: "second", attempts: 2 });
    expect(await eventTypes(id)).not.toContain("step_crashed");
  });

  test("a step that takes longer than its sla is noted once, and goes on", async () => {
    const held = heldAction("test.hold");
    const breaches: string[] = [];
    await engine.work([held.action], { metrics: { ...noMetrics, slaBreached: (workflow) => breaches.push(workflow) } });
    const step = { action: "test.hold", sla: { duration: "30ms" } };
    const id = await engine.start({ definition: definitionOf({ a: step }) });
    await held.arrived();
    await expect.poll(() => eventTypes(id)).toContain("step_sla_breached");
    held.release();
    const run = await engine.ended(id);
    expect(run.status).toBe("completed");
    expect((await eventTypes(id)).filter((type) => type === "step_sla_breached")).toHaveLength(1);
    expect(breaches).toEqual(["test"]);
  });

  test("a delayed run starts by Redis time, not before (I8)", async () => {
    await engine.work([echo]);
    const id = await engine.start({ definition: definitionOf({ a: noop(1) }), delayMs: 400 });
    const run = await engine.ended(id);
    expect(run.status).toBe("completed");
    expect(Date.parse(run.startedAt ?? "") - Date.parse(run.createdAt)).toBeGreaterThanOrEqual(400);
    expect(await eventTypes(id)).toEqual([
      "run_scheduled",
      "run_started",
      "step_started",
      "step_completed",
      "run_completed",
    ]);
  });
});

describe("what an action gives", () => {
  const giving = (name: string, give: (secrets: Readonly<Record<string, string>>) => unknown) =>
    defineAction({
      name,
      capability: "core",
      input: z.unknown(),
      output: z.unknown(),
      run: ({ secrets }) => give(secrets),
    });

  test.each([
    ["a number beyond JSON", () => 10n ** 20n],
    [
      "a circle",
      () => {
        const circle: Record<string, unknown> = {};
        circle["self"] = circle;
        return circle;
      },
    ],
    [
      "a getter that throws",
      () => ({
        get broken(): never {
          throw new Error("broken");
        },
      }),
    ],
  ])("%s fails the step once, with type validation", async (_name, give) => {
    await engine.work([giving("test.odd", give)]);
    const run = await engine.run({ a: { action: "test.odd", retry: { attempts: 3, delay: "10ms" } } });
    expect(run.status).toBe("failed");
    expect(stepOf(run, "a")).toMatchObject({ attempts: 1, error: { type: "validation" } });
  });

  test.each([
    ["something without text", () => Object.create(null)],
    ["details beyond JSON", () => new ActionError("no", { type: "odd", details: { n: 10n } })],
    ["huge details", () => new ActionError("no", { type: "odd", details: "x".repeat(1_000_000) })],
  ])("an action that throws %s fails once, with an error that is small", async (_name, thrown) => {
    await engine.work([
      giving("test.throw", () => {
        throw thrown();
      }),
    ]);
    const run = await engine.run({ a: { action: "test.throw" } });
    expect(run.status).toBe("failed");
    expect(stepOf(run, "a")).toMatchObject({ attempts: 1, error: { message: expect.any(String) } });
    expect(JSON.stringify(stepOf(run, "a")?.error).length).toBeLessThan(1000);
  });

  test("of an error's message 2,000 characters are kept", async () => {
    await engine.work([
      giving("test.talk", () => {
        throw new Error("x".repeat(2_001));
      }),
    ]);
    const run = await engine.run({ a: { action: "test.talk" } });
    expect(stepOf(run, "a")?.error?.message).toBe("x".repeat(2_000));
  });

  test("secrets never reach Redis, neither in results nor in errors", async () => {
    const secret = 'pass"word\n1';
    const tell = giving("test.tell", ({ TOKEN }) => ({ told: `it is ${TOKEN}` }));
    const shout = giving("test.shout", ({ TOKEN }) => {
      throw new Error(`not with ${TOKEN}`);
    });
    await engine.work([tell, shout], { secrets: { TOKEN: secret } });
    const retry = { attempts: 2, delay: "10ms" };
    const run = await engine.run({ a: { action: "test.tell" }, b: { action: "test.shout", retry, needs: ["a"] } });
    expect(stepOf(run, "a")?.result).toEqual({ told: "it is [secret TOKEN]" });
    expect(stepOf(run, "b")?.error?.message).toBe("not with [secret TOKEN]");
    const { client, keys } = engine.redis;
    for (const key of await client.keys(`${keys.tag}:*`)) {
      const dump = await client.dumpBuffer(key);
      expect(dump?.includes("word") ?? false, key).toBe(false);
    }
  });
});

describe("what is measured", () => {
  test("a container takes as long as what is in it, and a wait begins when the step was due", async () => {
    const took = new Map<string, number>();
    const waits: number[] = [];
    const handOffs: number[] = [];
    await engine.work([echo, fail], {
      metrics: {
        ...noMetrics,
        stepEnded: (_workflow, kind, _outcome, durationMs) => took.set(kind, durationMs),
        queueWaited: (_queue, waitMs) => waits.push(waitMs),
        handedOff: (_inline, delayMs) => handOffs.push(delayMs),
      },
    });
    const flaky = { action: "core.fail", with: { times: 1 }, retry: { attempts: 2, delay: "1500ms", jitter: 0 } };
    const run = await engine.run({ box: { type: "parallel", steps: { flaky } } });
    expect(took.get("parallel")).toBe(stepOf(run, "box")?.durationMs);
    expect(took.get("parallel")).toBeGreaterThanOrEqual(1500);
    expect(Math.max(...waits)).toBeLessThan(1500);
    const delayed = await engine.start({ definition: definitionOf({ a: noop(1) }), delayMs: 1500 });
    handOffs.length = 0;
    await engine.ended(delayed);
    expect(handOffs).toEqual([]);
    expect(Math.max(...waits)).toBeLessThan(1500);
  });
});

describe("what is shown", () => {
  test("the workflow's compliance flags stand on every event of its runs", async () => {
    await engine.work([echo]);
    const run = await engine.run({ a: noop(1) }, { compliance: ["gdpr"] });
    const events = await engine.reader.events(run.id as RunId, 0, 100);
    expect(events.map((event) => event.compliance)).toEqual(events.map(() => ["gdpr"]));
  });

  test("a job at work shows its progress, and the steps that it did inline in its log", async () => {
    const slow = heldAction("test.hold");
    const counting = defineAction({
      name: "test.counting",
      capability: "core",
      input: z.unknown(),
      output: z.unknown(),
      run: async (context) => {
        context.progress(0.25);
        return await slow.action.run(context);
      },
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
});

describe("what a worker lacks", () => {
  test("a step whose action the worker does not have is handed back, and done once one has it", async () => {
    const first = await engine.work([echo]);
    const id = await engine.start({ definition: definitionOf({ a: { action: "late.action", with: { n: 1 } } }) });
    await expect.poll(() => eventTypes(id), { timeout: 5000 }).toContain("step_handed_back");
    // Two workers on one queue: which of them gets the step next is chance.
    await first.close({ graceMs: 0 });
    const late = defineAction({
      name: "late.action",
      capability: "core",
      input: z.unknown(),
      output: z.unknown(),
      run: ({ input }) => input,
    });
    await engine.work([late]);
    const run = await engine.ended(id);
    expect(run.status).toBe("completed");
    expect(stepOf(run, "a")).toMatchObject({ attempts: 1, result: { n: 1 } });
  });

  test("a step that went on inline is retried by a worker that lacks the first step's action, under the same key", async () => {
    const seen: string[] = [];
    const second = (isGood: boolean) =>
      defineAction({
        name: "two.step",
        capability: "core",
        input: z.unknown(),
        output: z.unknown(),
        run: ({ idempotencyKey }) => {
          seen.push(idempotencyKey);
          if (!isGood) throw new Error("not yet");
          return "done";
        },
      });
    const first = await engine.work([echo, second(false)]);
    const retry = { attempts: 2, delay: "300ms", jitter: 0 };
    const id = await engine.start({
      definition: definitionOf({ a: noop(1), b: { action: "two.step", needs: ["a"], retry } }),
    });
    await expect.poll(() => eventTypes(id)).toContain("step_retrying");
    await first.close({ graceMs: 0 });
    await engine.work([second(true)]);
    const run = await engine.ended(id);
    expect(stepOf(run, "b")).toMatchObject({ status: "completed", attempts: 2, generation: 0 });
    expect(new Set(seen).size).toBe(1);
    expect(await eventTypes(id)).not.toContain("step_requeued");
  });

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
    expect(await eventTypes(id)).toContain("step_requeued");
  });
});

describe("stopping", () => {
  test("a graceful stop waits for the step at work", async () => {
    const held = heldAction("test.hold");
    const worker = await engine.work([held.action, echo]);
    const id = await engine.start({
      definition: definitionOf({ a: { action: "test.hold", with: { n: 1 } }, b: noop("{{ a.result.n }}") }),
    });
    await held.arrived();
    const closed = worker.close({ graceMs: 10_000 });
    held.release();
    await closed;
    const [a, b] = await engine.reader.steps(id, ["a", "b"], 0);
    expect(a?.record?.s).toBe("completed");
    expect(b?.record?.s).toBe("pending");
    await engine.work([held.action, echo]);
    expect(await engine.ended(id)).toMatchObject({ status: "completed", output: { b: { value: 1 } } });
  });

  test("after the grace it hands the step back, and no attempt is counted", async () => {
    const held = heldAction("test.hold");
    const worker = await engine.work([held.action]);
    const id = await engine.start({ definition: definitionOf({ a: { action: "test.hold", with: { n: 1 } } }) });
    await held.arrived();
    await worker.close({ graceMs: 20 });
    const second = heldAction("test.hold");
    await engine.work([second.action]);
    await second.arrived();
    second.release();
    const run = await engine.ended(id);
    expect(stepOf(run, "a")).toMatchObject({ status: "completed", attempts: 1 });
    expect(await eventTypes(id)).toContain("step_handed_back");
  });
});

describe("size", () => {
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

  test("a result of 64 KB stands with the others, and one of a byte more apart", async () => {
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
    const large = defineAction({
      name: "test.large",
      capability: "core",
      input: z.unknown(),
      output: z.unknown(),
      run: () => "x".repeat(1_100_000),
    });
    await engine.work([large]);
    const run = await engine.run({ a: { action: "test.large", retry: { attempts: 3, delay: "10ms" } } });
    expect(run.status).toBe("failed");
    expect(stepOf(run, "a")).toMatchObject({ attempts: 1, error: { type: "limit" } });
  });

  test("what one step loads together is bounded to 16 MB", async () => {
    const large = defineAction({
      name: "test.large",
      capability: "core",
      input: z.unknown(),
      output: z.unknown(),
      run: () => "x".repeat(1_000_000),
    });
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
});

describe("after the end", () => {
  test("the sweep leaves not one key of the run", async () => {
    await engine.work([echo, fail]);
    const big = "x".repeat(100_000);
    const steps = {
      a: noop(big),
      all: { type: "map", over: "[1, 2, 3]", step: noop("{{ item }}") },
      bad: { action: "core.fail", needs: ["a", "all"] },
    };
    const { client, keys } = engine.redis;
    const shared = async () => [
      ...(await client.keys(`${keys.tag}:def*`)),
      ...(await client.keys(`${keys.tag}:idem*`)),
    ];
    const id = await engine.start({
      definition: definitionOf(steps, { tags: ["one"] }),
      tags: ["two"],
      idempotencyKey: "key",
    });
    expect((await engine.ended(id)).status).toBe("failed");
    expect((await keysOf(id)).length).toBeGreaterThan(5);
    expect(await keysOf(id)).toContain(`${keys.tag}:timers`);
    expect(await shared()).toHaveLength(3);
    await client.hset(keys.run(id).run, "retentionMs", 0);
    expect(await engine.transitions.sweepRun(id)).toBe("swept");
    expect(await keysOf(id)).toEqual([]);
    expect(await shared()).toEqual([]);
  });

  test("an open run is never swept", async () => {
    const id = await engine.start({ definition: definitionOf({ a: noop(1) }) });
    expect(await engine.transitions.sweepRun(id)).toBe("open");
  });

  test("the same idempotency key gives the same run, and another body is refused", async () => {
    const definition = definitionOf({ a: noop(1) });
    const first = await engine.start({ definition, idempotencyKey: "k1", input: { n: 1 } });
    expect(await engine.start({ definition, idempotencyKey: "k1", input: { n: 1 } })).toBe(first);
    await expect(engine.start({ definition, idempotencyKey: "k1", input: { n: 2 } })).rejects.toMatchObject({
      code: "idempotency_conflict",
    });
  });
});
