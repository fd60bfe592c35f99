import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { type RedisServerOptions, startRedisServer } from "./redis-server.js";
import { sharedRedisUrl } from "./shared-redis.js";

async function setup(options: RedisServerOptions) {
  const server = await startRedisServer(options);
  const redis = new Redis(server.url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  redis.on("error", ignoreOutage);
  onTestFinished(async () => {
    redis.disconnect();
    await server.stop();
  });
  return { server, redis };
}

/** The outages are what these tests make. */
function ignoreOutage(): void {
  return;
}

test("all tests share one Redis that answers (RS1)", async () => {
  const redis = new Redis(sharedRedisUrl());
  onTestFinished(() => redis.disconnect());
  expect(await redis.ping()).toBe("PONG");
});

test("a server with an append-only file finds its data again after SIGKILL, at the same address (RS2)", async () => {
  const { server, redis } = await setup({ aof: true });
  await redis.set("kept", "yes");
  await server.kill("SIGKILL");
  await server.restart();
  expect(await redis.get("kept")).toBe("yes");
});

test("a server without one forgets", async () => {
  const { server, redis } = await setup({});
  await redis.set("kept", "yes");
  await server.restart();
  expect(await redis.get("kept")).toBeNull();
});

test("a server refuses to evict", async () => {
  const { redis } = await setup({});
  expect(await redis.config("GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "noeviction"]);
});

test("stopping twice is fine, and leaves a directory that the test gave (RS3)", async () => {
  const dir = await mkdtemp(join(tmpdir(), "baton-redis-test-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  const { server } = await setup({ dir });
  await server.stop();
  await server.stop();
  expect(existsSync(dir)).toBe(true);
});
