export { createMetrics, type MetricsOptions, type ProcessMetrics } from "./create-metrics.js";
export type { CellSources, RedisProbe } from "./redis-sources.js";
