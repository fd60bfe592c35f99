/**
 * A worker's life, without the environment it lives in.
 *
 * WA1 it announces itself only once the engine runs, so that nobody counts on a worker that is not there.
 * WA2 stopping reverses this: not ready, out of the directory, no more fetching, running steps finished or returned.
 * WA3 `stop` is idempotent and always ends: the grace bounds the engine, everything else has a limit of its own.
 */
import { type AnnouncedWorker, GRAPH_FORMAT } from "@batonrun/core";
import { ConfigError } from "@batonrun/node/config";
import type { Log } from "@batonrun/node/log";
import { type Announcer, announcedAction, startAnnouncing } from "./announce.js";
import { servedCapabilities, type WorkerDependencies } from "./connect.js";
import { type HealthServer, startHealthServer } from "./health/health-server.js";
import { checkReadiness } from "./health/readiness.js";

/** The part of the engine that an app drives. */
export interface Engine {
  isHealthy(): boolean;
  /** Stops fetching, waits for running steps up to the grace period, then aborts them and returns them to their queues. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

export interface WorkerDeps extends Omit<WorkerDependencies, "engine"> {
  readonly startEngine: () => Promise<Engine>;
  readonly log: Log;
  /** Where it runs: what the directory says of it. */
  readonly machine: { readonly host: string; readonly pid: number };
  readonly id: string;
}

export interface RunningWorker {
  readonly id: string;
  /** Null when the config says `off`. */
  readonly healthUrl: string | null;
  stop(): Promise<void>;
}

/** Starts engine, lease and health server over the given ports; rejects when one of them cannot start. */
export async function createWorker(deps: WorkerDeps): Promise<RunningWorker> {
  const { config, log } = deps;
  const engine = await deps.startEngine();
  const announcer = startAnnouncing({
    directory: deps.directory,
    worker: announcement(deps),
    log,
  });
  const stopping = new AbortController();
  const health = await startHealth({ deps, engine, announcer, stopping: stopping.signal }).catch(
    async (error: unknown) => {
      await Promise.all([announcer.stop(), engine.close({ graceMs: 0 })]);
      throw error;
    },
  );
  log.info("worker started", { worker: deps.id, health: health?.url ?? "off", concurrency: config.concurrency });
  let stopped: Promise<void> | null = null;
  return {
    id: deps.id,
    healthUrl: health?.url ?? null,
    stop() {
      stopping.abort();
      stopped ??= stopAll({ deps, engine, announcer, health });
      return stopped;
    },
  };
}

function announcement(deps: WorkerDeps): AnnouncedWorker {
  return {
    id: deps.id,
    ...deps.machine,
    startedAt: deps.clock.now(),
    capabilities: servedCapabilities(deps.config, deps.actions),
    concurrency: deps.config.concurrency,
    graphFormats: [GRAPH_FORMAT],
    actions: [...deps.actions.values()].map(announcedAction),
  };
}

interface Parts {
  readonly deps: WorkerDeps;
  readonly engine: Engine;
  readonly announcer: Announcer;
}

async function startHealth(parts: Parts & { readonly stopping: AbortSignal }): Promise<HealthServer | null> {
  const { deps, engine, announcer, stopping } = parts;
  const { host, metricsPort: port } = deps.config;
  if (port === null) return null;
  const readiness = () =>
    checkReadiness({
      accepting: () => !stopping.aborted,
      engine: () => engine.isHealthy(),
      announced: () => announcer.isAnnounced(),
      redis: () => deps.redis.ping(),
    });
  return startHealthServer({ host, port }, { readiness, metrics: deps.metrics }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`BATON_METRICS_PORT ${port} on BATON_HOST ${host} is not available: ${why}`, { cause });
  });
}

async function stopAll(parts: Parts & { readonly health: HealthServer | null }): Promise<void> {
  const { deps, engine, announcer, health } = parts;
  deps.log.info("worker is stopping: finishing running steps", {
    worker: deps.id,
    graceMs: deps.config.shutdownGraceMs,
  });
  // The lease goes at the same time as the fetching ends, so that a long step does not keep a stopping worker announced.
  await Promise.all([announcer.stop(), engine.close({ graceMs: deps.config.shutdownGraceMs })]);
  // Last, so that the steps that end in the grace can still be scraped.
  await health?.close();
  deps.log.info("worker stopped", { worker: deps.id });
}
