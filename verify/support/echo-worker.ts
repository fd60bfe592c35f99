import { type StartedWorker, startWorker } from "@batonrun/worker/start-worker";
import { systemClock } from "../../packages/core/src/system-clock.js";
import { echo } from "./actions.js";
import { noMetrics } from "./no-metrics.js";
import type { TestRedis } from "./redis.js";

/** A worker in this process with one action, `core.noop`, so that runs end. It is not announced. */
export function startEchoWorker({ url, keys }: Pick<TestRedis, "url" | "keys">): Promise<StartedWorker> {
  return startWorker({
    redisUrl: url,
    keys,
    actions: new Map([[echo.name, echo]]),
    capabilities: [],
    concurrency: 2,
    clock: systemClock,
    random: Math.random,
    secrets: {},
    metrics: noMetrics,
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
}

function ignore(): void {
  return;
}
