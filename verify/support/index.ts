export { echo, fail, heldAction } from "./actions.js";
export { definitionOf } from "./definition.js";
export { TestEngine } from "./engine.js";
export { noMetrics } from "./no-metrics.js";
export { type TestRedis, testRedis } from "./redis.js";
export { type RedisServer, type RedisServerOptions, startRedisServer } from "./redis-server.js";
export { sharedRedisUrl } from "./shared-redis.js";
export { startTestWorker, type TestWorkerOptions } from "./test-worker.js";
