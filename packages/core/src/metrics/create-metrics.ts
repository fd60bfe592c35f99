import { collectDefaultMetrics, Registry } from "prom-client";
import type { Metrics } from "../ports/metrics.js";
import { type CollectorOptions, createCollector } from "./collector.js";
import { engineMetrics } from "./engine-metrics.js";
import { type Instruments, registerInstruments } from "./instruments.js";
import { boundLabels, type LabelBound } from "./label-bound.js";
import { type CellSources, cellSources } from "./redis-sources.js";

export interface MetricsOptions {
  readonly process: "api" | "worker";
  readonly version: string;
  readonly sources: CellSources;
  /** How long a scrape waits for Redis. Default: 1 s, well below Prometheus's 10 s. */
  readonly timeoutMs?: number;
}

/** The Metrics port with its Prometheus output. */
export interface ProcessMetrics extends Metrics {
  readonly contentType: string;
  /** Never takes longer than the timeout, and does not reject if Redis is unavailable: its samples are omitted. */
  scrape(): Promise<string>;
}

/**
 * The metrics of one process, in a separate registry.
 * @example const metrics = createMetrics({ process: "worker", version, sources: { redis, monotonicMs: () => performance.now() } });
 */
export function createMetrics(options: MetricsOptions): ProcessMetrics {
  const registry = new Registry();
  const instruments = registerInstruments(registry);
  instruments.gauge("baton_info").set({ process: options.process, version: options.version }, 1);
  const bound = boundLabels();
  const engine = engineMetrics(registry, bound);
  const collectors = createCollectors(instruments, options, bound);
  collectDefaultMetrics({ register: registry });
  return {
    ...engine,
    contentType: registry.contentType,
    async scrape() {
      await Promise.all(collectors.map((collector) => collector.collect()));
      return registry.metrics();
    },
  };
}

function createCollectors(instruments: Instruments, options: MetricsOptions, bound: LabelBound) {
  const failures = instruments.counter("baton_collect_failures_total");
  const collecting: CollectorOptions = {
    timeoutMs: options.timeoutMs ?? 1_000,
    onFailure: (collector) => failures.inc({ collector }),
  };
  return cellSources(instruments, options.sources, bound).map((source) => createCollector(source, collecting));
}
