import { createMetrics } from "../../packages/core/src/metrics/create-metrics.js";
import { type Counted, type Measurement, metricsContract } from "./metrics.contract.js";

const counters = {
  runStarted: "baton_runs_started_total",
  runEnded: "baton_runs_ended_total",
  stepStarted: "baton_steps_started_total",
  stepEnded: "baton_steps_ended_total",
  stepRetried: "baton_step_retries_total",
  slaBreached: "baton_sla_breaches_total",
} as const satisfies Record<Counted["what"], string>;

const histograms = {
  run: "baton_run_duration_seconds",
  step: "baton_step_duration_seconds",
  queueWait: "baton_queue_wait_seconds",
  handOff: "baton_handoff_seconds",
} as const satisfies Record<Measurement["what"], string>;

metricsContract(() => {
  const metrics = createMetrics({
    process: "worker",
    version: "1.2.3",
    sources: { monotonicMs: () => performance.now() },
  });
  /** The value of one sample; 0 when there is none. */
  async function sample(name: string, labels: object = {}): Promise<number> {
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const start = pairs.length === 0 ? `${name} ` : `${name}{${pairs.join(",")}} `;
    const line = (await metrics.scrape()).split("\n").find((text) => text.startsWith(start));
    return line === undefined ? 0 : Number(line.slice(start.length));
  }
  return {
    metrics,
    total: ({ what, ...labels }) => sample(counters[what], labels),
    measured: async ({ what, ...labels }) => ({
      count: await sample(`${histograms[what]}_count`, labels),
      sumMs: Math.round((await sample(`${histograms[what]}_sum`, labels)) * 1_000),
    }),
    overdueActions: () => sample("baton_overdue_actions"),
  };
});
