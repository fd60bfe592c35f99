import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { startPrivateRedis } from "./private-redis.mjs";
import { findCommand } from "./system-packages.mjs";

const binary = findCommand(["redis-server", "valkey-server"]) ?? "redis-server";

async function setup() {
  const dir = await mkdtemp(join(tmpdir(), "baton-private-redis-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  return {
    async start() {
      const server = await startPrivateRedis(binary, dir);
      onTestFinished(() => server.stop());
      return server;
    },
    async connect(url: string) {
      const redis = new Redis(url, { maxRetriesPerRequest: 0 });
      redis.on("error", () => undefined); // the commands tell
      onTestFinished(() => redis.disconnect());
      return redis;
    },
  };
}

test("what was written is there at the next start", async () => {
  const { start, connect } = await setup();
  const first = await start();
  await (await connect(first.url)).set("kept", "yes");
  await first.stop();
  const second = await start();
  expect(await (await connect(second.url)).get("kept")).toBe("yes");
});

test("a second start uses the server that runs, and its end leaves it running", async () => {
  const { start, connect } = await setup();
  const first = await start();
  const second = await start();
  expect(second.url).toBe(first.url);
  await second.stop();
  expect(await (await connect(first.url)).ping()).toBe("PONG");
});

test("nobody without the password may use it", async () => {
  const { start, connect } = await setup();
  const { url } = await start();
  const stranger = await connect(url.replace(/:[^:@]*@/, ""));
  await expect(stranger.get("kept")).rejects.toThrow("NOAUTH");
});

test("it never evicts and appends every write", async () => {
  const { start, connect } = await setup();
  const redis = await connect((await start()).url);
  expect(await redis.config("GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "noeviction"]);
  expect(await redis.config("GET", "appendonly")).toEqual(["appendonly", "yes"]);
});
