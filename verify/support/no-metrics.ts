import { createMetrics } from "../../packages/core/src/metrics/create-metrics.js";
import type { Metrics } from "../../packages/core/src/ports/metrics.js";

/** The real metrics, which nobody scrapes: for tests that are not about metrics. */
export const noMetrics: Metrics = createMetrics({ process: "worker", version: "0", sources: { monotonicMs: () => 0 } });
