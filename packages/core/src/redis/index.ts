export type { RedisCell } from "./cell.js";
export { CellKeys } from "./cell-keys.js";
export {
  checkRedis,
  connectRedis,
  type Durability,
  printableRedisUrl,
  type RedisAddress,
  type RedisFacts,
  type RedisRole,
} from "./connection.js";
export { subscribeToAborts } from "./feeds/abort-feed.js";
export { redisEventFeed } from "./feeds/event-feed.js";
export { fromRedis, redisFailure } from "./redis-failure.js";
export { redisDefinitionStore } from "./stores/definition-store.js";
export { redisInputReader } from "./stores/input-reader.js";
export { QueueAvailability } from "./stores/queue-availability.js";
export { type QueueMonitorOptions, redisQueueMonitor } from "./stores/queue-monitor.js";
export { redisRunReader } from "./stores/run-reader.js";
export { actionsDigest, redisWorkerDirectory } from "./stores/worker-directory.js";
export { fetchStep, type RedisTransitionsOptions, redisTransitions } from "./transitions.js";
