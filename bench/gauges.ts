import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { RoundTripCounter } from "./round-trips.js";

/** What is read before and after a measurement. All figures only grow, except memory. */
interface Reading {
  readonly atMs: number;
  readonly nodeUs: number;
  readonly redisUs: number;
  readonly commands: number;
  readonly trips: number;
  readonly settles: number;
  readonly claims: number;
}

/** What a piece of work took. */
export interface Usage {
  readonly ms: number;
  /** CPU of this process, all its threads. */
  readonly nodeUs: number;
  readonly redisUs: number;
  /** Calls that Redis made, those inside scripts and transactions included. */
  readonly commands: number;
  readonly trips: number;
  /** Round trips that settled a step; of Baton only. */
  readonly settles: number;
  /** Round trips that fetched, claimed or loaded; of Baton only. */
  readonly claims: number;
}

export interface Gauges {
  measure(work: () => Promise<void>): Promise<Usage>;
  /** Bytes that Redis uses once everybody else is gone, without these streams of BullMQ, which are capped. */
  memory(streams: readonly string[]): Promise<number>;
}

const SETTLE = ["settle-step"];
const CLAIM = ["fetch-step", "claim-step"];

export function gauges(redis: Redis, trips: RoundTripCounter): Gauges {
  return {
    async measure(work) {
      const before = await read(redis, trips);
      await work();
      return difference(before, await read(redis, trips));
    },
    async memory(streams) {
      for (const stream of streams) await redis.xtrim(stream, "MAXLEN", 0);
      await untilAlone(redis);
      return field(await redis.info("memory"), "used_memory");
    },
  };
}

async function read(redis: Redis, counter: RoundTripCounter): Promise<Reading> {
  const cpu = await redis.info("cpu");
  const calls = await redis.info("commandstats");
  const { user, system } = process.cpuUsage();
  const { all, byScript } = counter.read();
  return {
    atMs: performance.now(),
    nodeUs: user + system,
    redisUs: (field(cpu, "used_cpu_user") + field(cpu, "used_cpu_sys")) * 1e6,
    commands: countCalls(calls),
    trips: all,
    settles: sum(byScript, SETTLE),
    claims: sum(byScript, CLAIM),
  };
}

/** Buffers of connections count as used memory, and Redis lets them go some time after the connection closed. */
async function untilAlone(redis: Redis): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (field(await redis.info("clients"), "connected_clients") === 1) return;
    await delay(10);
  }
  throw new Error("connections of the system under measurement stayed open for 5 s");
}

function difference(before: Reading, after: Reading): Usage {
  return {
    ms: after.atMs - before.atMs,
    nodeUs: after.nodeUs - before.nodeUs,
    redisUs: after.redisUs - before.redisUs,
    commands: after.commands - before.commands,
    trips: after.trips - before.trips,
    settles: after.settles - before.settles,
    claims: after.claims - before.claims,
  };
}

function countCalls(info: string): number {
  let calls = 0;
  for (const [, name, count] of info.matchAll(/cmdstat_([^:]+):calls=(\d+)/g))
    if (name !== "info") calls += Number(count);
  return calls;
}

function sum(counts: ReadonlyMap<string, number>, names: readonly string[]): number {
  return names.reduce((total, name) => total + (counts.get(name) ?? 0), 0);
}

function field(info: string, name: string): number {
  return Number(new RegExp(`^${name}:([\\d.]+)`, "m").exec(info)?.[1]);
}
