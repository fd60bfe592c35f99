import { afterAll, beforeAll, expect, test } from "vitest";
import { CellKeys } from "../../packages/core/src/redis/cell-keys.js";
import { checkRedis, connectRedis } from "../../packages/core/src/redis/connection.js";
import { redisEventFeed } from "../../packages/core/src/redis/feeds/event-feed.js";
import { newRunId } from "../../packages/core/src/run/new-run-id.js";
import { recordingListener } from "../contracts/event-feed.contract.js";
import { type TestRedis, testRedis } from "../support/redis.js";
import { startRedisServer } from "../support/redis-server.js";

let redis: TestRedis;

beforeAll(() => {
  redis = testRedis();
});
afterAll(() => redis.close());

async function openFeed(url = redis.url, keys = redis.keys) {
  const client = connectRedis({ url, role: "subscriber" });
  await checkRedis(client);
  return redisEventFeed({ client, keys });
}

test("a channel is left with its last listener only (EF2)", async () => {
  const feed = await openFeed();
  const id = newRunId(1, Math.random);
  const channel = redis.keys.changes(id);
  const [first, second] = [recordingListener(), recordingListener()];
  const leaveFirst = await feed.subscribe(id, first.listener);
  const leaveSecond = await feed.subscribe(id, second.listener);
  await leaveFirst();
  await leaveFirst();
  expect(await redis.client.publish(channel, "1")).toBe(1);
  await second.until((heard) => heard.length === 1);
  expect(first.heard).toEqual([]);
  await leaveSecond();
  expect(await redis.client.publish(channel, "2")).toBe(0);
  await feed.close();
});

test("after a lost connection listeners are called with 0, so that they read again, and hear later changes (EF3)", async () => {
  const server = await startRedisServer();
  const keys = new CellKeys("feed");
  const feed = await openFeed(server.url, keys);
  const id = newRunId(1, Math.random);
  const heard = recordingListener();
  await feed.subscribe(id, heard.listener);
  await server.kill();
  await server.restart();
  await heard.until((heard) => heard.includes(0));
  const publisher = connectRedis({ url: server.url, role: "api" });
  await checkRedis(publisher);
  await publisher.publish(keys.changes(id), "5");
  await heard.until((heard) => heard.includes(5));
  await feed.close();
  publisher.disconnect();
  await server.stop();
});

test("without Redis a subscription fails at once", async () => {
  const server = await startRedisServer();
  const feed = await openFeed(server.url);
  await server.kill();
  await expect(feed.subscribe(newRunId(1, Math.random), () => undefined)).rejects.toMatchObject({
    code: "redis_unavailable",
  });
  await feed.close();
  await server.stop();
});
