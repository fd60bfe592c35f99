export { createMetrics, labelLimits, type MetricsOptions, type ProcessMetrics } from "./create-metrics.js";
export { type MetricDefinition, type MetricName, metricDefinitions } from "./definitions.js";
export type { CellSources, RedisProbe } from "./redis-sources.js";
