import type { RunId } from "@batonrun/contract";
import { type Clock, systemClock, type Transitions, type WorkerDirectory } from "@batonrun/core";
import type { Action, ActionLog } from "@batonrun/core/actions";
import { JobHandoff } from "@batonrun/core/bullmq";
import { Capabilities, GraphCache, PlanCache } from "@batonrun/core/engine";
import {
  ActiveSteps,
  CORE_QUEUE,
  type FinalizeDependencies,
  RUN_QUEUE,
  type StepDependencies,
  scrubber,
  stepQueue,
} from "@batonrun/core/execution";
import { createMetrics, type ProcessMetrics, type RedisProbe } from "@batonrun/core/metrics";
import {
  actionsDigest,
  CellKeys,
  checkRedis,
  connectRedis,
  QueueAvailability,
  type RedisFacts,
  type RedisRole,
  type RedisTransitionsOptions,
  redisDefinitionStore,
  redisInputReader,
  redisQueueMonitor,
  redisRunReader,
  redisTransitions,
  redisWorkerDirectory,
  subscribeToAborts,
} from "@batonrun/core/redis";
import { capabilitiesOf } from "./action-registry.js";
import type { WorkerConfig } from "./config.js";

export interface ConnectOptions {
  readonly config: WorkerConfig;
  readonly version: string;
  readonly log: ActionLog;
  readonly actions: ReadonlyMap<string, Action>;
}

/** What `startWorker` needs to execute steps, to end runs, and to fire timers. */
export type EngineDependencies = StepDependencies &
  FinalizeDependencies & {
    readonly transitions: Transitions;
    readonly capabilities: Capabilities;
    readonly queues: QueueAvailability;
    readonly subscribeToAborts: (onAbort: (id: RunId) => void) => Promise<void>;
    /** What the fetch and the scripts of this worker share: its connection, and what they hand over per job. */
    readonly scripts: RedisTransitionsOptions & { readonly handoff: JobHandoff };
    readonly clock: Clock;
  };

/** What `createWorker` builds upon; `main.ts` makes it once. */
export interface WorkerDependencies {
  readonly config: WorkerConfig;
  readonly actions: ReadonlyMap<string, Action>;
  readonly engine: EngineDependencies;
  readonly directory: WorkerDirectory;
  readonly metrics: ProcessMetrics;
  readonly redis: RedisProbe;
  readonly clock: Clock;
}

export interface Connection {
  readonly dependencies: WorkerDependencies;
  /** Waits until all connections are ready; throws when Redis cannot be trusted with runs. */
  ready(): Promise<RedisFacts>;
  close(): Promise<void>;
}

/**
 * Builds every port on Redis: one connection for the engine and one for aborts, which wait for Redis, and one for probes
 * and scrapes, which need an answer now. They connect in the background.
 */
export function connect({ config, version, log, actions }: ConnectOptions): Connection {
  const open = (role: RedisRole) =>
    connectRedis({ url: config.redisUrl, role, onError: (error) => log.warn("Redis is unavailable", { error }) });
  const client = open("worker");
  const subscriber = open("worker");
  const redis = open("api");
  const keys = new CellKeys(config.cell);
  const probed = { client: redis, keys };
  const directory = redisWorkerDirectory(probed);
  const queues = redisQueueMonitor({ ...probed, workers: directory });
  const monotonicMs = () => performance.now();
  const metrics = createMetrics({
    process: "worker",
    version,
    sources: { queues, workers: directory, redis, monotonicMs },
  });
  const engine: EngineDependencies = {
    ...enginePorts({ client, keys }, { config, actions }),
    subscribeToAborts: (onAbort) => subscribeToAborts({ subscriber, keys }, onAbort),
    ...{ actions, metrics, log, monotonicMs },
    random: Math.random,
    secrets: config.secrets,
    scrub: scrubber(config.secrets),
    active: new ActiveSteps(),
    clock: systemClock,
  };
  return {
    dependencies: { config, actions, engine, directory, metrics, redis, clock: systemClock },
    async ready() {
      for (const connection of [subscriber, client]) await checkRedis(connection);
      return checkRedis(redis);
    },
    async close() {
      for (const connection of [subscriber, client, redis]) connection.disconnect();
    },
  };
}

function enginePorts(
  cell: { readonly client: RedisTransitionsOptions["client"]; readonly keys: CellKeys },
  { config, actions }: Pick<ConnectOptions, "config" | "actions">,
) {
  const scripts = {
    ...cell,
    handoff: new JobHandoff(),
    actionsKey: cell.keys.actions(actionsDigest([...actions.keys()])),
    lockDurationMs: config.lockDurationMs,
  };
  const capabilities = new Capabilities(actions, { workers: redisWorkerDirectory(cell), clock: systemClock });
  const served = servedCapabilities(config, actions).map(stepQueue);
  const queues = new QueueAvailability(cell, [...new Set([RUN_QUEUE, CORE_QUEUE, ...served])]);
  return {
    ...{ scripts, capabilities, queues },
    transitions: redisTransitions(scripts),
    reader: { ...redisRunReader(cell), ...redisInputReader(cell) },
    graphs: new GraphCache(redisDefinitionStore(cell)),
    plans: new PlanCache((action) => capabilities.of(action)),
    isQueueFree: (queue: string) => queues.isAvailable(queue),
  };
}

/** The capabilities in the configuration, or else all that the actions have. */
export function servedCapabilities(
  config: Pick<WorkerConfig, "capabilities">,
  actions: ReadonlyMap<string, Action>,
): readonly string[] {
  return config.capabilities ?? capabilitiesOf(actions);
}
