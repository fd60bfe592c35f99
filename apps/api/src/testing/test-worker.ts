import { systemClock } from "@batonrun/core";
import { type CellKeys, type StartedWorker, startWorker } from "@batonrun/core/redis";

/** A worker in this process with one action, `core.noop`, so that runs end. */
export function testWorker(cell: { readonly redisUrl: string; readonly keys: CellKeys }): Promise<StartedWorker> {
  const noop = {
    name: "core.noop",
    capability: "core",
    effects: "none",
    run: ({ input }: { readonly input: unknown }) => Promise.resolve(input),
  } as const;
  return startWorker({
    ...cell,
    actions: new Map([[noop.name, noop]]),
    capabilities: [],
    concurrency: 2,
    clock: systemClock,
    random: Math.random,
    secrets: {},
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    metrics: {
      ...{ runStarted: ignore, runEnded: ignore, stepStarted: ignore, stepEnded: ignore },
      ...{ stepRetried: ignore, slaBreached: ignore, queueWaited: ignore, handedOff: ignore, overdueActions: ignore },
    },
  });
}

function ignore(): void {
  return;
}
