import { BatonError } from "@batonrun/contract";
import type { Durability, RedisFacts } from "@batonrun/core/redis";
import type { Readiness } from "./resources/readiness.js";

/** Checks that Redis can be trusted with runs: `checkRedis`, bound to a connection. */
export type RedisCheck = () => Promise<RedisFacts>;

/** Whether this process can accept runs, and how durable a 2xx is. */
export async function readReadiness(checkRedis: RedisCheck, closing: AbortSignal): Promise<Readiness> {
  const { checks, durability } = await judgeRedis(checkRedis);
  const all = [
    ...checks,
    { name: "process", ok: !closing.aborted, detail: closing.aborted ? "Shutting down" : "Serving requests" },
  ];
  return { status: all.every((check) => check.ok) ? "ready" : "not_ready", durability, checks: all };
}

interface Judgment {
  readonly durability: Durability | null;
  readonly checks: Readiness["checks"];
}

async function judgeRedis(checkRedis: RedisCheck): Promise<Judgment> {
  try {
    const { durability, version } = await checkRedis();
    const detail = `Redis ${version} is reachable and does not evict keys`;
    return { durability, checks: [{ name: "redis", ok: true, detail }] };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return { durability: null, checks: [{ name: "redis", ok: false, detail: error.message }] };
  }
}
