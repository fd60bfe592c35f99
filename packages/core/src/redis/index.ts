export { subscribeToAborts } from "./abort-feed.js";
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
export { redisDefinitionStore } from "./definition-store.js";
export { redisEventFeed } from "./event-feed.js";
export { redisInputReader } from "./input-reader.js";
export { QueueGates } from "./queue-gates.js";
export { type QueueMonitorOptions, redisQueueMonitor } from "./queue-monitor.js";
export { fromRedis, redisFailure } from "./redis-failure.js";
export { redisRunReader } from "./run-reader.js";
export { fetchStep, type RedisTransitionsOptions, redisTransitions } from "./transitions.js";
export { actionsDigest, redisWorkerDirectory } from "./worker-directory.js";
