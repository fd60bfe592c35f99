import type { Metrics } from "../ports/metrics.js";

/**
 * One metric. `Label` makes the compiler check each sampler against `labels`.
 * @example counter({ help: "Runs accepted.", labels: ["workflow"], on: { runStarted: (workflow) => ({ labels: { workflow } }) } })
 */
export interface MetricDefinition<Label extends string = string> {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly Label[];
  /** Upper bounds in seconds, for histograms only. */
  readonly buckets?: readonly number[];
  /** The samples that each call of the Metrics port adds. A metric without it is read from Redis per scrape. */
  readonly on?: Partial<SampleByCall<Label, keyof Metrics>>;
}

type SampleByCall<Label extends string, Method extends keyof Metrics> = {
  readonly [Each in Method]: (...call: Parameters<Metrics[Each]>) => Sample<Label> | null;
};

export interface Sample<Label extends string = string> {
  readonly labels: Readonly<Record<Label, string>>;
  /** The change of a counter or gauge (default 1), or the seconds that a histogram observes. */
  readonly value?: number;
}

/** `Method` preserves the calls of an entry, so that `RecordedCall` is their union. */
interface Described<Label extends string, Method extends keyof Metrics> {
  readonly help: string;
  readonly labels: readonly Label[];
  readonly on?: SampleByCall<Label, Method>;
}

function counter<const Label extends string, Method extends keyof Metrics = never>(
  described: Described<Label, Method>,
) {
  return { type: "counter", ...described } as const;
}

function gauge<const Label extends string, Method extends keyof Metrics = never>(described: Described<Label, Method>) {
  return { type: "gauge", ...described } as const;
}

function histogram<const Label extends string, Method extends keyof Metrics = never>(
  described: Described<Label, Method> & Required<Pick<MetricDefinition, "buckets">>,
) {
  return { type: "histogram", ...described } as const;
}

const buckets = {
  /** Overhead of Baton itself. */
  fine: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  /** Waiting time for a worker. */
  wait: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600],
  /** Duration of users' actions. */
  work: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600],
} as const;

/**
 * All metrics of Baton, in scrape order. docs/reference/metrics.md has the same rows. To add one, add a method in
 * ports/metrics.ts, an entry here, the call, and the row. Label values are limited: see `labelLimits`.
 */
export const metricDefinitions = {
  baton_info: gauge({
    help: "Always 1; the labels name the process and its version.",
    labels: ["process", "version"],
  }),
  baton_runs_started_total: counter({
    help: "Runs accepted.",
    labels: ["workflow"],
    on: { runStarted: (workflow) => ({ labels: { workflow } }) },
  }),
  baton_runs_ended_total: counter({
    help: "Runs that reached a terminal status, which is the outcome.",
    labels: ["workflow", "outcome"],
    on: { runEnded: (workflow, outcome) => ({ labels: { workflow, outcome } }) },
  }),
  baton_run_duration_seconds: histogram({
    help: "Time from a run's start to its terminal status.",
    labels: ["workflow"],
    buckets: buckets.work,
    on: { runEnded: (workflow, _outcome, durationMs) => ({ labels: { workflow }, value: seconds(durationMs) }) },
  }),
  baton_steps_started_total: counter({
    help: "Step attempts claimed by a worker.",
    labels: ["workflow", "kind"],
    on: { stepStarted: (workflow, kind) => ({ labels: { workflow, kind } }) },
  }),
  baton_steps_ended_total: counter({
    help: "Steps with a recorded outcome: completed, failed, cancelled, or skipped.",
    labels: ["workflow", "kind", "outcome"],
    on: { stepEnded: (workflow, kind, outcome) => ({ labels: { workflow, kind, outcome } }) },
  }),
  baton_step_retries_total: counter({
    help: "Failed step attempts that will be retried.",
    labels: ["workflow", "kind"],
    on: { stepRetried: (workflow, kind) => ({ labels: { workflow, kind } }) },
  }),
  baton_sla_breaches_total: counter({
    help: "Steps that took longer than their `sla`.",
    labels: ["workflow", "kind"],
    on: { slaBreached: (workflow, kind) => ({ labels: { workflow, kind } }) },
  }),
  baton_step_duration_seconds: histogram({
    help: "Time from a step's first claim to its outcome, without skipped steps.",
    labels: ["workflow", "kind"],
    buckets: buckets.work,
    on: {
      // biome-ignore lint/complexity/useMaxParams: the Metrics port defines the parameters.
      stepEnded: (workflow, kind, outcome, durationMs) =>
        outcome === "skipped" ? null : { labels: { workflow, kind }, value: seconds(durationMs) },
    },
  }),
  baton_queue_wait_seconds: histogram({
    help: "Time that a step waited in its queue before a worker claimed it.",
    labels: ["queue"],
    buckets: buckets.wait,
    on: { queueWaited: (queue, waitMs) => ({ labels: { queue }, value: seconds(waitMs) }) },
  }),
  baton_handoff_seconds: histogram({
    help: "Time from the settlement of a step's last dependency to the claim of the step, in the same job (`inline`) or through a queue.",
    labels: ["inline"],
    buckets: buckets.fine,
    on: { handedOff: (inline, delayMs) => ({ labels: { inline: String(inline) }, value: seconds(delayMs) }) },
  }),
  baton_overdue_actions: gauge({
    help: "Slots of this worker occupied by actions that are still running after their step was settled.",
    labels: [],
    on: { overdueActionsChanged: (by) => ({ labels: {}, value: by }) },
  }),
  baton_queue_jobs: gauge({
    help: "Jobs in the cell, by queue and state.",
    labels: ["queue", "state"],
  }),
  baton_queue_paused: gauge({
    help: "1 if the queue is paused, otherwise 0.",
    labels: ["queue"],
  }),
  baton_workers: gauge({
    help: "Workers in the cell with a live lease.",
    labels: [],
  }),
  baton_redis_memory_bytes: gauge({
    help: "Memory used by Redis.",
    labels: [],
  }),
  baton_redis_memory_max_bytes: gauge({
    help: "Memory limit of Redis (`maxmemory`); 0 means no limit.",
    labels: [],
  }),
  baton_redis_round_trip_seconds: gauge({
    help: "Duration of one PING from this process to Redis, taken at the scrape.",
    labels: [],
  }),
  baton_collect_failures_total: counter({
    help: "Scrapes without a collector's samples, because Redis did not answer in time.",
    labels: ["collector"],
  }),
};

export type MetricDefinitions = typeof metricDefinitions;
export type MetricName = keyof MetricDefinitions;

/** The methods of the port that at least one metric records. */
export type RecordedCall = { [Name in MetricName]: CallsOf<MetricDefinitions[Name]> }[MetricName];
type CallsOf<Definition> = Definition extends { readonly on?: infer On } ? keyof NonNullable<On> : never;

/** After a failover, two Redis times can be in the wrong order. A negative duration counts as 0. */
function seconds(ms: number): number {
  return Math.max(0, ms) / 1_000;
}
