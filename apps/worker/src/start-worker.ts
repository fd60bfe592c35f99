import { type ActiveJob, type JobEnd, type QueueWorker, startQueueWorker } from "@batonrun/core/bullmq";
import { startTicker } from "@batonrun/core/engine";
import { type ActiveSteps, executeStep, finalizeRun, GIVE_UP_MS, RUN_QUEUE } from "@batonrun/core/execution";
import { fetchStep } from "@batonrun/core/redis";
import { endsWithin, repeat } from "@batonrun/node/time";
import type { WorkerConfig } from "./config.js";
import type { EngineDependencies } from "./connect.js";

export interface WorkerOptions extends Pick<WorkerConfig, "concurrency" | "lockDurationMs" | "stalledIntervalMs"> {
  /** How often a worker looks whether its runs are closing and its queues are paused. Default: 2 s. */
  readonly gateCheckMs?: number;
}

export interface StartedWorker {
  /** Every queue has a loop that fetches. */
  isHealthy(): boolean;
  /** Stops fetching; after the grace, aborts the running steps and hands them back. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

const GATE_CHECK_MS = 2000;
/** Beyond the grace: actions that ignore their signal are given up first, then their steps are handed back. */
const HAND_BACK_MS = GIVE_UP_MS + 2000;
const LET_GO_MS = 1000;

/** Serves its queues, fires timers, and aborts the steps of runs that are cancelled. */
export async function startWorker(engine: EngineDependencies, options: WorkerOptions): Promise<StartedWorker> {
  const { active, log, transitions } = engine;
  const onError = (error: unknown) => log.error("maintenance tick failed", { error: String(error) });
  await engine.subscribeToAborts((id) => active.abortRun(id));
  const ticker = startTicker({ transitions, onError });
  const checkGates = async () => {
    await active.checkGates(engine.reader);
    await engine.queues.refresh();
    await engine.capabilities.refresh();
  };
  const gates = repeat(checkGates, { intervalMs: options.gateCheckMs ?? GATE_CHECK_MS, onError });
  const queues = serveQueues(engine, options);
  let closed: Promise<void> | undefined;
  const close = async (graceMs: number) => {
    await closeQueues(queues, active, graceMs);
    await endsWithin(Promise.all([gates.stop(), ticker.stop()]), LET_GO_MS);
  };
  return {
    isHealthy: () => queues.every((queue) => queue.isRunning()),
    close: ({ graceMs }) => {
      closed ??= close(graceMs);
      return closed;
    },
  };
}

function serveQueues(engine: EngineDependencies, options: WorkerOptions): readonly QueueWorker[] {
  const { scripts, queues, clock, log } = engine;
  return queues.names.map((queue) =>
    startQueueWorker({
      queue,
      prefix: scripts.keys.queues,
      connection: scripts.client,
      concurrency: options.concurrency,
      lockDurationMs: options.lockDurationMs,
      stalledIntervalMs: options.stalledIntervalMs,
      handoff: scripts.handoff,
      now: () => clock.now(),
      fetch: (request) => fetchStep(scripts, request),
      process: (job) => (queue === RUN_QUEUE ? processRun(engine, job) : processStep(engine, job)),
      onError: (error, lease) =>
        log.error("a job failed unexpectedly and will be retried", { queue, job: lease?.id, error: String(error) }),
    }),
  );
}

async function processStep(engine: EngineDependencies, job: ActiveJob): Promise<JobEnd> {
  const end = await executeStep(engine, job);
  return end.kind === "early" ? { kind: "again", delayMs: end.waitMs } : { kind: end.kind };
}

async function processRun(engine: EngineDependencies, job: ActiveJob): Promise<JobEnd> {
  const end = await finalizeRun(engine, job);
  return end === "lacking" ? { kind: "again", delayMs: 1000 } : { kind: end };
}

async function closeQueues(queues: readonly QueueWorker[], active: ActiveSteps, graceMs: number): Promise<void> {
  const closed = Promise.all(queues.map((queue) => queue.close()));
  const grace = setTimeout(() => active.abortAll("stopping"), graceMs);
  try {
    await endsWithin(closed, graceMs + HAND_BACK_MS);
  } finally {
    clearTimeout(grace);
  }
}
