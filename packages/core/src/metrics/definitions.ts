export interface MetricDefinition {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds in seconds; histograms only. */
  readonly buckets?: readonly number[];
}

const seconds = {
  /** Of things that Baton itself does. */
  fine: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  /** Of waiting for a worker. */
  wait: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600],
  /** Of what users run. */
  work: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600],
} as const;

/**
 * Every metric of Baton's own, in the order in which a process gives them. docs/reference/metrics.md is held to it.
 * A label's values are bounded: see `createMetrics`.
 */
export const metricDefinitions = {
  baton_info: {
    type: "gauge",
    help: "Always 1: which process this is and which version it runs.",
    labels: ["process", "version"],
  },
  baton_runs_started_total: {
    type: "counter",
    help: "Runs that were accepted.",
    labels: ["workflow"],
  },
  baton_runs_ended_total: {
    type: "counter",
    help: "Runs that reached their terminal status, which is the outcome.",
    labels: ["workflow", "outcome"],
  },
  baton_run_duration_seconds: {
    type: "histogram",
    help: "From a run's start to its terminal status.",
    labels: ["workflow"],
    buckets: seconds.work,
  },
  baton_steps_started_total: {
    type: "counter",
    help: "Attempts of steps that were claimed.",
    labels: ["workflow", "kind"],
  },
  baton_steps_ended_total: {
    type: "counter",
    help: "Steps whose outcome was recorded: completed, failed, cancelled or skipped.",
    labels: ["workflow", "kind", "outcome"],
  },
  baton_step_retries_total: {
    type: "counter",
    help: "Failed attempts of steps after which another one is due.",
    labels: ["workflow", "kind"],
  },
  baton_sla_breaches_total: {
    type: "counter",
    help: "Steps that took longer than their `sla`.",
    labels: ["workflow", "kind"],
  },
  baton_step_duration_seconds: {
    type: "histogram",
    help: "From a step's first claim to its outcome. Skipped steps are not in it.",
    labels: ["workflow", "kind"],
    buckets: seconds.work,
  },
  baton_queue_wait_seconds: {
    type: "histogram",
    help: "From a step's being queued to its being claimed.",
    labels: ["queue"],
    buckets: seconds.wait,
  },
  baton_handoff_seconds: {
    type: "histogram",
    help: "From the settlement of a step's last dependency to the claim of the step, in the same worker (`inline`) or over a queue.",
    labels: ["inline"],
    buckets: seconds.fine,
  },
  baton_overdue_actions: {
    type: "gauge",
    help: "Slots of this worker that are held by actions which ignore their signal after their step was settled.",
    labels: [],
  },
  baton_queue_jobs: {
    type: "gauge",
    help: "Jobs of the cell by queue and state.",
    labels: ["queue", "state"],
  },
  baton_queue_paused: {
    type: "gauge",
    help: "1 where the queue is paused.",
    labels: ["queue"],
  },
  baton_workers: {
    type: "gauge",
    help: "Workers of the cell whose lease holds.",
    labels: [],
  },
  baton_redis_memory_bytes: {
    type: "gauge",
    help: "Memory that Redis uses.",
    labels: [],
  },
  baton_redis_memory_max_bytes: {
    type: "gauge",
    help: "Memory that Redis may use (`maxmemory`); 0 is no limit.",
    labels: [],
  },
  baton_redis_round_trip_seconds: {
    type: "gauge",
    help: "One PING from this process to Redis, at the time of the scrape.",
    labels: [],
  },
  baton_collect_failures_total: {
    type: "counter",
    help: "Scrapes that lack a collector's samples, because Redis did not answer in time.",
    labels: ["collector"],
  },
} as const satisfies Readonly<Record<`baton_${string}`, MetricDefinition>>;

export type MetricDefinitions = typeof metricDefinitions;
export type MetricName = keyof MetricDefinitions;
