import { afterAll, beforeAll, expect, test } from "vitest";
import { redisQueueMonitor } from "../../packages/core/src/redis/stores/queue-monitor.js";
import { actionsDigest, redisWorkerDirectory } from "../../packages/core/src/redis/stores/worker-directory.js";
import { announcedWorker } from "../contracts/worker-directory.contract.js";
import { type TestRedis, testRedis } from "../support/redis.js";

let redis: TestRedis;

beforeAll(() => {
  redis = testRedis();
});
afterAll(() => redis.close());

test("the next announcement clears away a worker whose lease ended", async () => {
  const workers = redisWorkerDirectory(redis);
  await workers.announce(announcedWorker("late"), 60_000);
  await redis.client.del(redis.keys.worker("late"));
  await redis.client.zadd(redis.keys.workers, 1, "late");
  await workers.announce(announcedWorker("w2"), 60_000);
  expect(await redis.client.zrange(redis.keys.workers, 0, -1)).toEqual(["w2"]);
  await workers.withdraw("w2");
});

test("workers with the same actions share one set, which lives as long as the longest lease", async () => {
  const workers = redisWorkerDirectory(redis);
  const key = redis.keys.actions(actionsDigest(["core.noop", "text.extract"]));
  await workers.announce(announcedWorker("w3"), 60_000);
  await workers.announce(announcedWorker("w4", ["core.noop", "text.extract"]), 1_000);
  expect((await redis.client.smembers(key)).toSorted()).toEqual(["core.noop", "text.extract"]);
  expect(await redis.client.pttl(key)).toBeGreaterThan(50_000);
  await workers.withdraw("w3");
  await workers.withdraw("w4");
  expect(await redis.client.exists(key)).toBe(1);
});

test("the digest of actions does not depend on their order or number", () => {
  expect(actionsDigest(["b", "a"])).toBe(actionsDigest(["a", "b", "a"]));
  expect(actionsDigest(["a"])).not.toBe(actionsDigest(["b"]));
});

test("queues are the cell's own, those that were used and those that live workers serve", async () => {
  const workers = redisWorkerDirectory(redis);
  await workers.announce(announcedWorker("w5"), 60_000);
  await redis.client.sadd(redis.keys.queueNames, "steps.http");
  const queues = redisQueueMonitor({ ...redis, workers });
  expect(await queues.names()).toEqual(["runs", "steps.core", "steps.http", "steps.text"]);
  await workers.withdraw("w5");
});

test("a queue's jobs are counted by state, in BullMQ's own keys", async () => {
  const { client, keys } = redis;
  const prefix = `${keys.queues}:steps.counted`;
  await client.rpush(`${prefix}:wait`, "1", "2");
  await client.rpush(`${prefix}:active`, "3");
  await client.zadd(`${prefix}:delayed`, 1, "4");
  await client.hset(`${prefix}:meta`, { paused: 1 });
  const queues = redisQueueMonitor({ ...redis, workers: redisWorkerDirectory(redis) });
  const empty = { waiting: 0, prioritized: 0, active: 0, delayed: 0, waitingChildren: 0, failed: 0, paused: false };
  expect(await queues.counts(["steps.counted", "steps.none"])).toEqual([
    { ...empty, name: "steps.counted", waiting: 2, active: 1, delayed: 1, paused: true },
    { ...empty, name: "steps.none" },
  ]);
});
