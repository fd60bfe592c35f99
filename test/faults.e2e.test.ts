import { RunId } from "@batonrun/core";
import { readRun } from "@batonrun/core/engine";
import { CellKeys } from "@batonrun/core/redis";
import { definitionOf, startRedisServer, TestEngine, type TestRedis } from "@batonrun/verify";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { gate, WorkerProcess } from "./harness/worker-process.js";

/** A step that is at work until the test answers, and one behind it. */
const steps = (url: string) => ({
  call: { action: "http.request", with: { url, method: "POST" } },
  after: { action: "core.noop", with: { status: "{{ call.result.status }}" } },
});

function startWorker({ url, keys }: Pick<TestRedis, "url" | "keys">): WorkerProcess {
  return new WorkerProcess({
    BATON_REDIS_URL: url,
    BATON_CELL: keys.tag.slice(1, -1),
    BATON_LOCK_DURATION: "1500ms",
    BATON_STALLED_INTERVAL: "500ms",
    BATON_HTTP_ALLOW_PRIVATE: "127.0.0.1",
  });
}

function sharedEngine(): TestEngine {
  const engine = new TestEngine();
  onTestFinished(() => engine.close());
  return engine;
}

async function count(engine: TestEngine, id: string, type: string): Promise<number> {
  const events = await engine.reader.events(RunId.parse(id), 0, 500);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  return events.filter((event) => event.type === type && event.step === "call").length;
}

// Shows I2.
test("a worker killed in the middle of a step is replaced within seconds, and the outcome is recorded once (I2)", async () => {
  const engine = sharedEngine();
  const { url, called, keys } = await gate();
  const first = startWorker(engine.redis);
  await first.says("announced");
  const id = await engine.start({ definition: definitionOf(steps(url)) });
  await called();
  const second = startWorker(engine.redis);
  await second.says("announced");
  await first.kill9();
  (await called()).end("{}");
  const run = await engine.ended(id);
  expect(run).toMatchObject({ status: "completed", output: { after: { status: 200 } } });
  expect(run.steps[0]).toMatchObject({ id: "call", attempts: 2 });
  expect(await count(engine, id, "step_crashed")).toBe(1);
  expect(await count(engine, id, "step_completed")).toBe(1);
  expect(new Set(keys).size).toBe(1);
}, 60_000);

test("two crashes in a row fail neither the step nor the run", async () => {
  const engine = sharedEngine();
  const { url, called } = await gate();
  let worker = startWorker(engine.redis);
  const id = await engine.start({ definition: definitionOf(steps(url)) });
  for (let crash = 0; crash < 2; crash += 1) {
    await called();
    await worker.kill9();
    worker = startWorker(engine.redis);
  }
  (await called()).end("{}");
  const run = await engine.ended(id, 30_000);
  expect(run.status).toBe("completed");
  expect(run.steps[0]).toMatchObject({ attempts: 3 });
  expect(await count(engine, id, "step_crashed")).toBe(2);
}, 60_000);

test("a step whose workers vanish five times is poisoned", async () => {
  const engine = sharedEngine();
  const { url, called } = await gate();
  let worker = startWorker(engine.redis);
  const id = await engine.start({ definition: definitionOf(steps(url)) });
  for (let crash = 0; crash < 5; crash += 1) {
    await called();
    await worker.kill9();
    worker = startWorker(engine.redis);
  }
  const run = await engine.ended(id, 30_000);
  expect(run.status).toBe("failed");
  expect(run.steps[0]).toMatchObject({ status: "failed", error: { type: "poisoned" } });
}, 90_000);

// Shows I3.
test("Redis killed and restarted during a run loses nothing that was accepted (I3)", async () => {
  const server = await startRedisServer({ aof: true });
  onTestFinished(() => server.stop());
  const keys = new CellKeys("restart");
  const client = new Redis(server.url);
  client.on("error", () => undefined);
  const engine = new TestEngine({ url: server.url, keys, client, close: async () => client.disconnect() });
  onTestFinished(() => engine.close());
  const { url, called } = await gate();
  const worker = startWorker({ url: server.url, keys });
  await worker.says("announced");
  const id = await engine.start({ definition: definitionOf(steps(url)) });
  const first = await called();
  await server.kill("SIGKILL");
  await server.restart();
  first.end("{}");
  // Where the lease ran out before the answer was recorded, the step is tried again.
  void called().then(
    (second) => second.end("{}"),
    () => undefined,
  );
  const endedAt = async () => (await engine.reader.run(id).catch(() => null))?.endedAt;
  await expect.poll(endedAt, { timeout: 40_000 }).toBeDefined();
  const run = await readRun(engine, id);
  expect(run).toMatchObject({ status: "completed", output: { after: { status: 200 } } });
  expect(await count(engine, id, "step_completed")).toBe(1);
}, 90_000);
