import type { QueueView } from "@batonrun/contract";
import { expect, test } from "vitest";
import type { QueueMonitor, WorkerDirectory } from "../ports/directory.js";
import { createMetrics } from "./create-metrics.js";
import { labelLimits } from "./label-bound.js";
import type { CellSources } from "./redis-sources.js";

function setup(sources: Partial<CellSources> = {}, timeoutMs = 1_000) {
  return createMetrics({
    process: "worker",
    version: "1.2.3",
    sources: { monotonicMs: () => performance.now(), ...sources },
    timeoutMs,
  });
}

/** The sample lines of one metric, without help and type. */
async function samples(metrics: { scrape(): Promise<string> }, name: string): Promise<string[]> {
  const text = await metrics.scrape();
  return text.split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

const idle: QueueView = {
  name: "steps.text",
  waiting: 0,
  prioritized: 0,
  active: 0,
  delayed: 0,
  waitingChildren: 0,
  failed: 0,
  paused: false,
};

function monitorOf(queues: readonly QueueView[]): QueueMonitor {
  return { names: async () => queues.map((queue) => queue.name), counts: async () => queues };
}

test("a scrape identifies its process", async () => {
  expect(await samples(setup(), "baton_info")).toEqual(['baton_info{process="worker",version="1.2.3"} 1']);
});

test("runs are counted by workflow and outcome", async () => {
  const metrics = setup();
  metrics.runStarted("hello");
  metrics.runEnded("hello", "completed", 1_500);
  expect(await samples(metrics, "baton_runs_started_total")).toEqual(['baton_runs_started_total{workflow="hello"} 1']);
  expect(await samples(metrics, "baton_runs_ended_total")).toEqual([
    'baton_runs_ended_total{workflow="hello",outcome="completed"} 1',
  ]);
  expect(await samples(metrics, "baton_run_duration_seconds_sum")).toEqual([
    'baton_run_duration_seconds_sum{workflow="hello"} 1.5',
  ]);
});

test("steps are counted by workflow, kind, and outcome, with their retries", async () => {
  const metrics = setup();
  metrics.stepStarted("hello", "action");
  metrics.stepRetried("hello", "action");
  metrics.stepEnded("hello", "action", "failed", 250);
  expect(await samples(metrics, "baton_steps_started_total")).toHaveLength(1);
  expect(await samples(metrics, "baton_step_retries_total")).toEqual([
    'baton_step_retries_total{workflow="hello",kind="action"} 1',
  ]);
  expect(await samples(metrics, "baton_steps_ended_total")).toEqual([
    'baton_steps_ended_total{workflow="hello",kind="action",outcome="failed"} 1',
  ]);
  expect(await samples(metrics, "baton_step_duration_seconds_sum")).toEqual([
    'baton_step_duration_seconds_sum{workflow="hello",kind="action"} 0.25',
  ]);
});

test("a skipped step ends and has no duration", async () => {
  const metrics = setup();
  metrics.stepEnded("hello", "action", "skipped", 0);
  expect(await samples(metrics, "baton_steps_ended_total")).toHaveLength(1);
  expect(await samples(metrics, "baton_step_duration_seconds_count")).toEqual([]);
});

test("waits and hand-offs are measured in seconds and are never negative", async () => {
  const metrics = setup();
  metrics.queueWaited("steps.text", 20);
  metrics.handedOff(true, -3);
  expect(await samples(metrics, "baton_queue_wait_seconds_sum")).toEqual([
    'baton_queue_wait_seconds_sum{queue="steps.text"} 0.02',
  ]);
  expect(await samples(metrics, "baton_handoff_seconds_sum")).toEqual(['baton_handoff_seconds_sum{inline="true"} 0']);
});

test("overdue actions are counted until they return", async () => {
  const metrics = setup();
  for (const by of [1, 1] as const) metrics.overdueActionsChanged(by);
  expect(await samples(metrics, "baton_overdue_actions")).toEqual(["baton_overdue_actions 2"]);
  for (const by of [-1, -1] as const) metrics.overdueActionsChanged(by);
  expect(await samples(metrics, "baton_overdue_actions")).toEqual(["baton_overdue_actions 0"]);
});

test("above 200 workflow names, new ones are labeled other and known ones keep their label", async () => {
  const metrics = setup();
  for (let index = 0; index < labelLimits.workflow + 50; index += 1) metrics.runStarted(`workflow-${index}`);
  metrics.runStarted("workflow-0");
  const lines = await samples(metrics, "baton_runs_started_total");
  expect(lines).toHaveLength(201);
  expect(lines).toContain('baton_runs_started_total{workflow="other"} 50');
  expect(lines).toContain('baton_runs_started_total{workflow="workflow-0"} 2');
});

test("kinds and queues are limited too, and queues above the limit add up", async () => {
  const queues = Array.from({ length: labelLimits.queue + 5 }, (_, index) => ({
    ...idle,
    name: `steps.c${index}`,
    waiting: 2,
  }));
  const metrics = setup({ queues: monitorOf(queues) });
  for (let index = 0; index < labelLimits.kind + 3; index += 1) metrics.stepStarted("hello", `kind-${index}`);
  expect(await samples(metrics, "baton_steps_started_total")).toHaveLength(labelLimits.kind + 1);
  expect(await samples(metrics, "baton_queue_jobs")).toContain('baton_queue_jobs{queue="other",state="waiting"} 10');
});

test("the state of the cell is read per scrape, and deleted queues have no sample", async () => {
  let queues: readonly QueueView[] = [{ ...idle, waiting: 3, waitingChildren: 1, paused: true }];
  const directory: WorkerDirectory = {
    announce: async () => undefined,
    withdraw: async () => undefined,
    list: async () => [],
  };
  const metrics = setup({ queues: { names: async () => [], counts: async () => queues }, workers: directory });
  const jobs = await samples(metrics, "baton_queue_jobs");
  expect(jobs).toContain('baton_queue_jobs{queue="steps.text",state="waiting"} 3');
  expect(jobs).toContain('baton_queue_jobs{queue="steps.text",state="waiting_children"} 1');
  expect(await samples(metrics, "baton_queue_paused")).toEqual(['baton_queue_paused{queue="steps.text"} 1']);
  expect(await samples(metrics, "baton_workers")).toEqual(["baton_workers 0"]);
  queues = [];
  expect(await samples(metrics, "baton_queue_jobs")).toEqual([]);
});

test("scrapes during an outage share one read (CO2)", async () => {
  let reads = 0;
  const queues: QueueMonitor = {
    names() {
      reads += 1;
      return new Promise(() => undefined);
    },
    counts: async () => [],
  };
  const metrics = setup({ queues }, 20);
  await Promise.all([metrics.scrape(), metrics.scrape()]);
  await metrics.scrape();
  expect(reads).toBe(1);
});

test("two processes in one test do not share their counts", async () => {
  const [one, other] = [setup(), setup()];
  one.runStarted("hello");
  expect(await samples(other, "baton_runs_started_total")).toEqual([]);
});
