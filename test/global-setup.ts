import type { TestProject } from "vitest/node";
import { startRedisServer } from "../verify/support/redis-server.js";

/** Starts the shared Redis, in memory only; a test that kills or restarts its Redis starts one of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const redis = await startRedisServer();
  project.provide("redisUrl", redis.url);
  return () => redis.stop();
}
