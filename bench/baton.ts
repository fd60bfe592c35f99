import { type Metrics, RunId, systemClock } from "@batonrun/core";
import { type Action, type ActionLog, defineAction } from "@batonrun/core/actions";
import {
  Capabilities,
  GraphCache,
  PlanCache,
  registerWorkflow,
  type StartRunDependencies,
  startRun,
} from "@batonrun/core/engine";
import {
  CellKeys,
  connectRedis,
  redisDefinitionStore,
  redisRunReader,
  redisTransitions,
  redisWorkerDirectory,
} from "@batonrun/core/redis";
import { connect, readConfig, startWorker } from "@batonrun/worker/engine";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Shape } from "./shape.js";
import type { StepObserver } from "./step-observer.js";
import { CONCURRENCY, LOCK_MS, type RunClient, STALLED_MS, type System } from "./system.js";

const CELL = "bench";
const keys = new CellKeys(CELL);
const log: ActionLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: console.warn,
  error: console.error,
};
const NOOP = "core.noop";
const RETENTION_MS = 3_600_000;

/** Baton's engine, as the API starts runs and as a worker works: with its metrics, its events and its tickers. */
export const baton: System = {
  name: "baton",
  async start({ url, shape, observer }) {
    const client = await connectClient(url, shape);
    const config = { ...readConfig({}), ...{ redisUrl: url, cell: CELL, concurrency: CONCURRENCY } };
    const settings = { ...config, lockDurationMs: LOCK_MS, stalledIntervalMs: STALLED_MS };
    const actions = new Map([[NOOP, noop(observer)]]);
    const connection = connect({ config: settings, version: "0.0.0", log, actions });
    const { engine, metrics } = connection.dependencies;
    const worker = await startWorker({ ...engine, metrics: metricsTelling(metrics, observer) }, settings);
    return {
      submit: client.submit,
      eventStreams: ["runs", "steps.core"].map((queue) => `${keys.queues}:${queue}:events`),
      endTimes: (runs) => endTimes(client.redis, runs),
      close: async () => {
        await worker.close({ graceMs: 0 });
        await connection.close();
        await client.close();
      },
    };
  },
  startClient: ({ url, shape }) => connectClient(url, shape),
};

async function connectClient(url: string, shape: Shape): Promise<RunClient & { readonly redis: Redis }> {
  const redis = connectRedis({ url, role: "api" });
  await new Promise((resolve) => redis.once("ready", resolve));
  const directory = redisWorkerDirectory({ client: redis, keys });
  const definitions = redisDefinitionStore({ client: redis, keys });
  await directory.announce(announcement, RETENTION_MS);
  await registerWorkflow(
    { definitions, workers: directory },
    { body: JSON.stringify(definitionOf(shape)), format: "json" },
  );
  const capabilities = new Capabilities(new Map(), { workers: directory, clock: systemClock });
  const dependencies: StartRunDependencies = {
    transitions: redisTransitions({ client: redis, keys }),
    definitions,
    graphs: new GraphCache(definitions),
    plans: new PlanCache((action) => capabilities.of(action)),
    capabilities,
    clock: systemClock,
    random: Math.random,
    metrics: { runStarted: () => undefined },
    retentionMs: RETENTION_MS,
  };
  return {
    redis,
    submit: async () => (await startRun(dependencies, { workflow: "bench@1.0.0", input: {} })).id,
    close: async () => {
      await redis.quit();
    },
  };
}

const announcement = {
  id: "bench",
  host: "bench",
  pid: process.pid,
  startedAt: 0,
  capabilities: [],
  concurrency: CONCURRENCY,
  graphFormats: [1],
  actions: [{ name: NOOP, capability: "core", effects: "none" }],
} as const;

/** The same as in raw flows: a step that reads answers its predecessor's number plus one. */
function definitionOf({ steps, width, readsResults }: Shape) {
  const entries = steps.map(({ id, needs }) => {
    if (!readsResults) return [id, needs.length === 0 ? { action: NOOP } : { action: NOOP, needs }] as const;
    const n = needs.length === 0 ? 0 : `{{ ${needs[0]}.result.n + 1 }}`;
    return [id, { action: NOOP, with: { n } }] as const;
  });
  return {
    apiVersion: "baton/v1",
    name: "bench",
    version: "1.0.0",
    maxParallel: width,
    steps: Object.fromEntries(entries),
  };
}

function noop(observer: StepObserver): Action {
  return defineAction({
    name: NOOP,
    capability: "core",
    effects: "none",
    input: z.unknown(),
    output: z.unknown(),
    run: ({ input, idempotencyKey }) => {
      const step = stepOf(idempotencyKey);
      observer.stepBegan(step);
      observer.stepEnded(step);
      return input;
    },
  });
}

/**
 * The step of an idempotency key, which is `<run>.<instance>`; the bench has no maps, so the instance is the step.
 * @example `01JD0000000000000000000000.s1` gives `s1`
 */
function stepOf(idempotencyKey: string): string {
  return idempotencyKey.slice(idempotencyKey.indexOf(".") + 1);
}

function metricsTelling(metrics: Metrics, observer: StepObserver): Metrics {
  const runEnded: Metrics["runEnded"] = (workflow, outcome, durationMs) => {
    metrics.runEnded(workflow, outcome, durationMs);
    if (outcome !== "completed") throw new Error(`a run of the bench ended as ${outcome}`);
    observer.runEnded();
  };
  return { ...metrics, runEnded };
}

async function endTimes(redis: Redis, runs: readonly string[]): Promise<readonly number[]> {
  const reader = redisRunReader({ client: redis, keys });
  const records = await Promise.all(runs.map((id) => reader.run(RunId.parse(id))));
  return records.map((record) => record?.endedAt ?? Number.NaN);
}
