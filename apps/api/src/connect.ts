import { systemClock } from "@batonrun/core";
import { openQueue } from "@batonrun/core/bullmq";
import { Capabilities, GraphCache, PlanCache } from "@batonrun/core/engine";
import { createMetrics } from "@batonrun/core/metrics";
import {
  CellKeys,
  checkRedis,
  connectRedis,
  type RedisFacts,
  type RedisRole,
  redisDefinitionStore,
  redisEventFeed,
  redisQueueMonitor,
  redisRunReader,
  redisTransitions,
  redisWorkerDirectory,
} from "@batonrun/core/redis";
import type { ProcessLog } from "@batonrun/node/log";
import { createBoard } from "./board/board.js";
import type { ApiConfig } from "./config.js";
import type { ApiDependencies } from "./dependencies.js";

export interface ConnectOptions {
  readonly config: ApiConfig;
  readonly version: string;
  readonly log: ProcessLog;
  readonly closing: AbortSignal;
}

export interface Connection {
  readonly dependencies: ApiDependencies;
  /** Waits until both connections are up; throws if Redis cannot be trusted with runs. */
  ready(): Promise<RedisFacts>;
  close(): Promise<void>;
}

/** How long a readiness request waits for Redis. */
const PROBE_TIMEOUT_MS = 2_000;
/** How long the start of the process does. */
const START_TIMEOUT_MS = 10_000;

/** Builds every port on Redis: one connection for commands, one for events. They connect in the background. */
export function connect({ config, version, log, closing }: ConnectOptions): Connection {
  const open = (role: RedisRole) =>
    connectRedis({ url: config.redisUrl, role, onError: (error) => log.warn("Redis is unavailable", { error }) });
  const client = open("api");
  const cell = { client, keys: new CellKeys(config.cell) };
  const subscriber = open("subscriber");
  const feed = redisEventFeed({ ...cell, client: subscriber });
  const workers = redisWorkerDirectory(cell);
  const queues = redisQueueMonitor({ ...cell, workers });
  const definitions = redisDefinitionStore(cell);
  const metrics = createMetrics({
    process: "api",
    version,
    sources: { queues, workers, redis: client, monotonicMs: () => performance.now() },
  });
  const capabilities = new Capabilities(new Map(), { workers, clock: systemClock });
  const board = createBoard({
    queues,
    openQueue: (name) => openQueue(name, { client, prefix: cell.keys.queues }),
    isReadOnly: config.isBoardReadOnly,
  });
  const engine = {
    transitions: redisTransitions(cell),
    reader: redisRunReader(cell),
    graphs: new GraphCache(definitions),
    plans: new PlanCache((action) => capabilities.of(action)),
    random: Math.random,
    clock: systemClock,
    retentionMs: config.retentionMs,
    definitionLimits: config.definitionLimits,
    ...{ feed, definitions, workers, queues, capabilities, metrics },
  };
  const declared = config.durability === null ? {} : { declared: config.durability };
  return {
    dependencies: {
      ...{ config, version, engine, metrics, board, log, closing },
      checkRedis: () => checkRedis(client, { ...declared, timeoutMs: PROBE_TIMEOUT_MS }),
    },
    async ready() {
      await checkRedis(subscriber, { ...declared, timeoutMs: START_TIMEOUT_MS });
      return checkRedis(client, { ...declared, timeoutMs: START_TIMEOUT_MS });
    },
    async close() {
      await board.close();
      await feed.close();
      client.disconnect();
    },
  };
}
