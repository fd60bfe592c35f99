import { memoryMetrics } from "../memory/metrics.js";
import { metricsContract } from "./metrics.contract.js";

metricsContract(() => {
  const metrics = memoryMetrics();
  return {
    metrics,
    total: async ({ what, ...labels }) => metrics.total([what, ...Object.values(labels)].join(" ")),
    measured: async ({ what, ...labels }) => metrics.measured([what, ...Object.values(labels)].join(" ")),
    overdueActions: async () => metrics.overdue(),
  };
});
