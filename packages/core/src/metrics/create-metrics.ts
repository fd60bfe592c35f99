import { collectDefaultMetrics, Registry } from "prom-client";
import type { Metrics } from "../ports/metrics.js";
import { type CollectorOptions, createCollector } from "./collector.js";
import { type Instruments, registerInstruments } from "./instruments.js";
import { boundLabel } from "./label-bound.js";
import { type CellSources, cellSources } from "./redis-sources.js";

/** How many values a label may have before it says `other`. */
export const labelLimits = { workflow: 200, kind: 32, queue: 100 } as const;

export interface MetricsOptions {
  readonly process: "api" | "worker";
  readonly version: string;
  readonly sources: CellSources;
  /** How long a scrape waits for Redis. Default: 1 s, well below the 10 s of Prometheus. */
  readonly timeoutMs?: number;
}

/** The Metrics port, and its text for Prometheus. */
export interface ProcessMetrics extends Metrics {
  readonly contentType: string;
  /** Never rejects for want of Redis and takes at most the timeout; samples that Redis did not give are left out. */
  scrape(): Promise<string>;
}

/**
 * The metrics of one process, on a registry of its own.
 * @example const metrics = createMetrics({ process: "worker", version, sources: { redis, monotonicMs: () => performance.now() } });
 */
export function createMetrics(options: MetricsOptions): ProcessMetrics {
  const registry = new Registry();
  const instruments = registerInstruments(registry);
  instruments.gauge("baton_info").set({ process: options.process, version: options.version }, 1);
  const queue = boundLabel(labelLimits.queue);
  const engine = engineMetrics(instruments, queue);
  const collectors = createCollectors(instruments, options, queue);
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

function createCollectors(instruments: Instruments, options: MetricsOptions, boundQueue: (name: string) => string) {
  const failures = instruments.counter("baton_collect_failures_total");
  const collecting: CollectorOptions = {
    timeoutMs: options.timeoutMs ?? 1_000,
    onFailure: (collector) => failures.inc({ collector }),
  };
  return cellSources(instruments, options.sources, boundQueue).map((source) => createCollector(source, collecting));
}

function engineMetrics(instruments: Instruments, boundQueue: (name: string) => string): Metrics {
  const name = boundLabel(labelLimits.workflow);
  const kindOf = boundLabel(labelLimits.kind);
  return {
    ...runMetrics(instruments, name),
    ...stepMetrics(instruments, name, kindOf),
    ...slotMetrics(instruments, boundQueue),
  };
}

function runMetrics(instruments: Instruments, name: (workflow: string) => string) {
  const started = instruments.counter("baton_runs_started_total");
  const ended = instruments.counter("baton_runs_ended_total");
  const duration = instruments.histogram("baton_run_duration_seconds");
  return {
    runStarted: (workflow) => started.inc({ workflow: name(workflow) }),
    runEnded(workflow, outcome, durationMs) {
      ended.inc({ workflow: name(workflow), outcome });
      duration.observe({ workflow: name(workflow) }, toSeconds(durationMs));
    },
  } satisfies Partial<Metrics>;
}

function stepMetrics(instruments: Instruments, name: (workflow: string) => string, kindOf: (kind: string) => string) {
  const started = instruments.counter("baton_steps_started_total");
  const ended = instruments.counter("baton_steps_ended_total");
  const retries = instruments.counter("baton_step_retries_total");
  const breaches = instruments.counter("baton_sla_breaches_total");
  const duration = instruments.histogram("baton_step_duration_seconds");
  return {
    stepStarted: (workflow, kind) => started.inc({ workflow: name(workflow), kind: kindOf(kind) }),
    // biome-ignore lint/complexity/useMaxParams: the Metrics port decides the parameters.
    stepEnded(workflow, kind, outcome, durationMs) {
      const labels = { workflow: name(workflow), kind: kindOf(kind) };
      ended.inc({ ...labels, outcome });
      if (outcome !== "skipped") duration.observe(labels, toSeconds(durationMs));
    },
    stepRetried: (workflow, kind) => retries.inc({ workflow: name(workflow), kind: kindOf(kind) }),
    slaBreached: (workflow, kind) => breaches.inc({ workflow: name(workflow), kind: kindOf(kind) }),
  } satisfies Partial<Metrics>;
}

function slotMetrics(instruments: Instruments, boundQueue: (name: string) => string) {
  const queueWait = instruments.histogram("baton_queue_wait_seconds");
  const handoff = instruments.histogram("baton_handoff_seconds");
  const overdue = instruments.gauge("baton_overdue_actions");
  return {
    queueWaited: (queue, waitMs) => queueWait.observe({ queue: boundQueue(queue) }, toSeconds(waitMs)),
    handedOff: (inline, delayMs) => handoff.observe({ inline: String(inline) }, toSeconds(delayMs)),
    overdueActions: (count) => overdue.set(count),
  } satisfies Partial<Metrics>;
}

/** Two Redis times may lie the wrong way round after a failover; a histogram must not sink by it. */
function toSeconds(ms: number): number {
  return Math.max(0, ms) / 1_000;
}
