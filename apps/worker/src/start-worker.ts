import type { Clock, Metrics } from "@batonrun/core";
import type { Action, ActionLog } from "@batonrun/core/actions";
import { type HeldJob, HeldJobs, type JobEnd, type QueueWorker, startQueueWorker } from "@batonrun/core/bullmq";
import { Capabilities, GraphCache, PlanCache, startTicker } from "@batonrun/core/engine";
import {
  ActiveSteps,
  CORE_QUEUE,
  executeStep,
  finalizeRun,
  GIVE_UP_MS,
  RUN_QUEUE,
  type StepDependencies,
  scrubber,
  stepQueue,
} from "@batonrun/core/execution";
import {
  actionsDigest,
  type CellKeys,
  connectRedis,
  fetchStep,
  QueueAvailability,
  type RedisTransitionsOptions,
  redisDefinitionStore,
  redisInputReader,
  redisRunReader,
  redisTransitions,
  redisWorkerDirectory,
  subscribeToAborts,
} from "@batonrun/core/redis";
import { endsWithin, repeat } from "@batonrun/node/time";

export interface WorkerOptions {
  readonly redisUrl: string;
  readonly keys: CellKeys;
  readonly actions: ReadonlyMap<string, Action>;
  /** Queues beside `runs` and `steps.core`, which every worker serves. */
  readonly capabilities: readonly string[];
  /** Maximum number of concurrent jobs per queue. */
  readonly concurrency: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly metrics: Metrics;
  readonly log: ActionLog;
  readonly secrets: Readonly<Record<string, string>>;
  readonly lockDurationMs?: number;
  readonly stalledIntervalMs?: number;
  readonly gateCheckMs?: number;
}

export interface StartedWorker {
  /** Every queue has a loop that fetches. */
  isHealthy(): boolean;
  /** Running steps. */
  atWork(): number;
  /** Stops fetching, returns steps that still run after the grace period, then disconnects from Redis. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

const LOCK_MS = 10_000;
const STALLED_MS = 2000;
const GATE_CHECK_MS = 2000;
/** Beyond the grace: actions that ignore their signal are given up first, then their steps are handed back. */
const HAND_BACK_MS = GIVE_UP_MS + 2000;
const LET_GO_MS = 1000;

/** Connects and works: serves its queues, fires timers, and aborts steps of runs that are cancelled. */
export async function startWorker(options: WorkerOptions): Promise<StartedWorker> {
  const { keys, log } = options;
  const onError = (error: unknown) => log.error("redis", { error: String(error) });
  const client = connectRedis({ url: options.redisUrl, role: "worker", onError });
  // As patient as the other: the subscription is made again by itself after an outage.
  const subscriber = connectRedis({ url: options.redisUrl, role: "worker", onError });
  const context = workerContext(options, client);
  await subscribeToAborts({ subscriber, keys }, (id) => context.steps.active.abortRun(id));
  const ticker = startTicker({ transitions: context.transitions, onError });
  const checkGates = async () => {
    await context.steps.active.checkGates(context.steps.reader);
    await context.queueAvailability.refresh();
    await context.capabilities.refresh();
  };
  const gates = repeat(checkGates, { intervalMs: options.gateCheckMs ?? GATE_CHECK_MS, onError });
  const queues = serveQueues(options, context);
  let closed: Promise<void> | undefined;
  const close = async (graceMs: number) => {
    await closeQueues(queues, context.steps.active, graceMs);
    await endsWithin(Promise.all([gates.stop(), ticker.stop()]), LET_GO_MS);
    subscriber.disconnect();
    client.disconnect();
  };
  return {
    isHealthy: () => queues.every((queue) => queue.isRunning()),
    atWork: () => context.steps.active.size,
    close: ({ graceMs }) => {
      closed ??= close(graceMs);
      return closed;
    },
  };
}

type WorkerContext = ReturnType<typeof workerContext>;

function workerContext(options: WorkerOptions, client: ReturnType<typeof connectRedis>) {
  const { keys, actions, metrics, log, random, secrets, clock } = options;
  const cell = { client, keys };
  const jobs = new HeldJobs();
  const scripts: RedisTransitionsOptions = {
    client,
    keys,
    jobs,
    actionsKey: keys.actions(actionsDigest([...actions.keys()])),
    lockDurationMs: options.lockDurationMs ?? LOCK_MS,
  };
  const transitions = redisTransitions(scripts);
  const capabilities = new Capabilities(actions, { workers: redisWorkerDirectory(cell), clock });
  const queueNames = [RUN_QUEUE, CORE_QUEUE, ...options.capabilities.map(stepQueue)];
  const queueAvailability = new QueueAvailability(cell, [...new Set(queueNames)]);
  const steps: StepDependencies = {
    transitions,
    reader: { ...redisRunReader(cell), ...redisInputReader(cell) },
    graphs: new GraphCache(redisDefinitionStore(cell)),
    plans: new PlanCache((action) => capabilities.of(action)),
    active: new ActiveSteps(),
    actions,
    metrics,
    log,
    random,
    secrets,
    scrub: scrubber(secrets),
    isQueueFree: (queue) => queueAvailability.isAvailable(queue),
    monotonicMs: () => performance.now(),
  };
  return { scripts, jobs, transitions, steps, capabilities, queueAvailability };
}

function serveQueues(options: WorkerOptions, context: WorkerContext): readonly QueueWorker[] {
  const { scripts, jobs, steps, queueAvailability } = context;
  return queueAvailability.names.map((queue) =>
    startQueueWorker({
      queue,
      prefix: options.keys.queues,
      connection: scripts.client,
      concurrency: options.concurrency,
      lockDurationMs: options.lockDurationMs ?? LOCK_MS,
      stalledIntervalMs: options.stalledIntervalMs ?? STALLED_MS,
      jobs,
      now: () => options.clock.now(),
      fetch: (request) => fetchStep(scripts, request),
      process: (job) => (queue === RUN_QUEUE ? processRun(context, job) : processStep(steps, job)),
      onError: (error, lease) =>
        options.log.error("a job failed unexpectedly and will be retried", {
          queue,
          job: lease?.id,
          error: String(error),
        }),
    }),
  );
}

async function processStep(steps: StepDependencies, job: HeldJob): Promise<JobEnd> {
  const end = await executeStep(steps, job);
  return end.kind === "early" ? { kind: "again", delayMs: end.waitMs } : { kind: end.kind };
}

async function processRun({ steps, transitions }: WorkerContext, job: HeldJob): Promise<JobEnd> {
  const end = await finalizeRun({ ...steps, transitions }, job);
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
