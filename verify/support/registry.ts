import { GraphCache } from "@batonrun/core/src/plan/graph-cache.js";
import type { DefinitionStore, WorkerDirectory } from "@batonrun/core/src/ports/directory.js";
import { redisDefinitionStore } from "@batonrun/core/src/redis/definition-store.js";
import { redisWorkerDirectory } from "@batonrun/core/src/redis/worker-directory.js";
import { testRedis } from "./redis.js";

export interface TestRegistry {
  readonly definitions: DefinitionStore;
  readonly workers: WorkerDirectory;
  readonly graphs: GraphCache;
  close(): Promise<void>;
}

/** The registry of workflows and workers in a cell of a test's own. */
export function testRegistry(): TestRegistry {
  const redis = testRedis();
  const definitions = redisDefinitionStore(redis);
  return {
    definitions,
    workers: redisWorkerDirectory(redis),
    graphs: new GraphCache(definitions),
    close: () => redis.close(),
  };
}
