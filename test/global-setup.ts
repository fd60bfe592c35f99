import type { TestProject } from "vitest/node";
import { startRedisServer } from "../packages/core/src/testing/redis-server.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The one Redis that all tests share: each takes its own key prefix and leaves the rest alone. */
    readonly redisUrl: string;
  }
}

/** Starts the shared Redis, in memory only; a test that kills or restarts its Redis starts one of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const redis = await startRedisServer();
  project.provide("redisUrl", redis.url);
  return () => redis.stop();
}
