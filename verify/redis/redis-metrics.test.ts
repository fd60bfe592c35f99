import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { createMetrics } from "../../packages/core/src/metrics/create-metrics.js";
import { startRedisServer } from "../support/redis-server.js";

test("Redis is asked for its memory and timed, and a scrape survives its absence without stale samples (CO1)", async () => {
  const server = await startRedisServer();
  const redis = new Redis(server.url, { maxRetriesPerRequest: null });
  redis.on("error", () => undefined);
  onTestFinished(async () => {
    redis.disconnect();
    await server.stop();
  });
  const metrics = createMetrics({
    process: "worker",
    version: "1.2.3",
    sources: { redis, monotonicMs: () => performance.now() },
    timeoutMs: 200,
  });
  await redis.ping();
  expect(await samples(metrics, "baton_redis_memory_bytes")).toEqual([expect.stringMatching(/ [0-9]{5,}$/)]);
  expect(await samples(metrics, "baton_redis_memory_max_bytes")).toEqual(["baton_redis_memory_max_bytes 0"]);
  expect(await samples(metrics, "baton_redis_round_trip_seconds")).toHaveLength(1);

  await server.kill();
  expect(await samples(metrics, "baton_redis_memory_bytes")).toEqual([]);
  expect(await samples(metrics, "baton_collect_failures_total")).toEqual([
    'baton_collect_failures_total{collector="redis"} 2',
  ]);
  expect(await samples(metrics, "baton_info")).toHaveLength(1);

  await server.restart();
  await redis.ping();
  expect(await samples(metrics, "baton_redis_memory_bytes")).toHaveLength(1);
});

/** The lines of one metric, without help and type. */
async function samples(metrics: { scrape(): Promise<string> }, name: string): Promise<string[]> {
  const text = await metrics.scrape();
  return text.split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}
