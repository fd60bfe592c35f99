import type { QueueView } from "@batonrun/contract";
import type { QueueMonitor, WorkerDirectory } from "../ports/directory.js";
import type { Source } from "./collector.js";
import type { Instruments } from "./instruments.js";
import type { LabelBound } from "./label-bound.js";

/** The Redis commands that a scrape uses. An ioredis connection implements it. */
export interface RedisProbe {
  ping(): Promise<string>;
  info(section: "memory"): Promise<string>;
}

/** The sources of the cell's samples. An omitted source has no samples. */
export interface CellSources {
  readonly queues?: QueueMonitor;
  readonly workers?: WorkerDirectory;
  readonly redis?: RedisProbe;
  /** A monotonic clock in milliseconds with fractions. */
  readonly monotonicMs: () => number;
}

export function cellSources(instruments: Instruments, sources: CellSources, bound: LabelBound): readonly Source[] {
  const { queues, workers, redis, monotonicMs } = sources;
  return [
    ...(queues === undefined ? [] : [queueSource(instruments, queues, bound)]),
    ...(workers === undefined ? [] : [workerSource(instruments, workers)]),
    ...(redis === undefined ? [] : [redisSource(instruments, redis, monotonicMs)]),
  ];
}

function queueSource(instruments: Instruments, monitor: QueueMonitor, bound: LabelBound): Source {
  const jobs = instruments.gauge("baton_queue_jobs");
  const paused = instruments.gauge("baton_queue_paused");
  return {
    name: "queues",
    async read() {
      const queues = await monitor.counts(await monitor.names());
      return () => {
        for (const counts of queues) {
          const labels = bound({ queue: counts.name });
          // `inc`, not `set`: queues above the limit share one label and add up.
          for (const [state, count] of Object.entries(jobsByState(counts))) jobs.inc({ ...labels, state }, count);
          paused.inc(labels, counts.paused ? 1 : 0);
        }
      };
    },
    drop() {
      jobs.reset();
      paused.reset();
    },
  };
}

function jobsByState(counts: QueueView) {
  return {
    waiting: counts.waiting,
    prioritized: counts.prioritized,
    active: counts.active,
    delayed: counts.delayed,
    waiting_children: counts.waitingChildren,
    failed: counts.failed,
  };
}

function workerSource(instruments: Instruments, directory: WorkerDirectory): Source {
  const workers = instruments.gauge("baton_workers");
  return {
    name: "workers",
    async read() {
      const alive = await directory.list();
      return () => workers.set(alive.length);
    },
    drop: () => workers.remove(),
  };
}

function redisSource(instruments: Instruments, redis: RedisProbe, monotonicMs: () => number): Source {
  const used = instruments.gauge("baton_redis_memory_bytes");
  const max = instruments.gauge("baton_redis_memory_max_bytes");
  const roundTrip = instruments.gauge("baton_redis_round_trip_seconds");
  return {
    name: "redis",
    async read() {
      const sentAt = monotonicMs();
      await redis.ping();
      const roundTripMs = monotonicMs() - sentAt;
      const memory = await redis.info("memory");
      return () => {
        roundTrip.set(roundTripMs / 1_000);
        used.set(infoNumber(memory, "used_memory"));
        max.set(infoNumber(memory, "maxmemory"));
      };
    },
    drop() {
      // `reset` would report 0, a wrong value instead of a missing one.
      for (const gauge of [used, max, roundTrip]) gauge.remove();
    },
  };
}

function infoNumber(info: string, field: string): number {
  const found = new RegExp(`^${field}:([0-9]+)\\r?$`, "m").exec(info)?.[1];
  if (found === undefined) throw new Error(`Redis INFO memory has no ${field}`);
  return Number(found);
}
