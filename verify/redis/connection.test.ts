import { DefinitionHash } from "@batonrun/contract";
import { expect, test } from "vitest";
import { CellKeys } from "../../packages/core/src/redis/cell-keys.js";
import { checkRedis, connectRedis } from "../../packages/core/src/redis/connection.js";
import { redisFailure } from "../../packages/core/src/redis/redis-failure.js";
import { redisDefinitionStore } from "../../packages/core/src/redis/stores/definition-store.js";
import { startRedisServer } from "../support/redis-server.js";
import { sharedRedisUrl } from "../support/shared-redis.js";

test("a Redis that may evict keys is refused", async () => {
  const server = await startRedisServer();
  const client = connectRedis({ url: server.url, role: "api" });
  await checkRedis(client);
  await client.config("SET", "maxmemory-policy", "allkeys-lru");
  await expect(checkRedis(client)).rejects.toThrow(/maxmemory-policy is allkeys-lru/);
  client.disconnect();
  await server.stop();
});

test("durability is what Redis is set to", async () => {
  const memory = connectRedis({ url: sharedRedisUrl(), role: "worker" });
  expect(await checkRedis(memory)).toMatchObject({ durability: "none" });
  memory.disconnect();
  const server = await startRedisServer({ aof: true });
  const client = connectRedis({ url: server.url, role: "api" });
  expect((await checkRedis(client)).durability).toBe("always");
  await client.config("SET", "appendfsync", "everysec");
  expect((await checkRedis(client)).durability).toBe("everysec");
  client.disconnect();
  await server.stop();
});

test("an address where nothing listens is unavailable, not waited for without end", async () => {
  const client = connectRedis({ url: "redis://127.0.0.1:1", role: "api" });
  await expect(checkRedis(client, { timeoutMs: 50 })).rejects.toMatchObject({ code: "redis_unavailable" });
  client.disconnect();
});

test("a Redis that is full refuses writes, and the store says so", async () => {
  const server = await startRedisServer();
  const client = connectRedis({ url: server.url, role: "api" });
  await checkRedis(client);
  await client.config("SET", "maxmemory", "1");
  const store = redisDefinitionStore({ client, keys: new CellKeys() });
  const hash = DefinitionHash.parse("1".repeat(64));
  await expect(store.put(hash, "{}")).rejects.toMatchObject({ code: "redis_refused" });
  await expect(store.register({ name: "a", version: "1.0.0", hash }, "{}")).rejects.toMatchObject({
    code: "redis_refused",
  });
  client.disconnect();
  await server.stop();
});

test("a Redis that went away is unavailable at once, and serves again when it is back", async () => {
  const server = await startRedisServer();
  const client = connectRedis({ url: server.url, role: "api" });
  await checkRedis(client);
  const store = redisDefinitionStore({ client, keys: new CellKeys() });
  await server.kill();
  await expect(store.versions("a")).rejects.toMatchObject({ code: "redis_unavailable" });
  await server.restart();
  await checkRedis(client);
  expect(await store.versions("a")).toEqual([]);
  client.disconnect();
  await server.stop();
});

test.each([
  ["OOM command not allowed when used memory > 'maxmemory'.", "redis_refused"],
  ["MISCONF Redis is configured to save RDB snapshots", "redis_refused"],
  ["READONLY You can't write against a read only replica.", "redis_refused"],
  ["LOADING Redis is loading the dataset in memory", "redis_unavailable"],
  ["Command timed out", "redis_unavailable"],
  ["Connection is closed.", "redis_unavailable"],
  ["Stream isn't writeable and enableOfflineQueue options is false", "redis_unavailable"],
])("%j is %s", (message, code) => {
  expect(redisFailure(new Error(message))).toMatchObject({ code });
});

test("an error that means a bug stays what it is", () => {
  const bug = new TypeError("x is not a function");
  expect(redisFailure(bug)).toBe(bug);
});
