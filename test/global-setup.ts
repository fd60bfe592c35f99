import type { TestProject } from "vitest/node";
import { startRedisServer } from "../packages/core/src/testing/redis-server.js";
import type {} from "../packages/core/src/testing/shared-redis.js";

/** Starts the shared Redis, in memory only; a test that kills or restarts its Redis starts one of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const redis = await startRedisServer();
  project.provide("redisUrl", redis.url);
  return () => redis.stop();
}
