import type { Transitions } from "../ports/transitions.js";

export interface Ticker {
  /** Resolves when no tick is under way any more. */
  stop(): Promise<void>;
}

/**
 * Fires due timers, here and in every other process: deadlines close their runs, retention sweeps them. Each tick is one
 * round trip when nothing is to be swept. It is safe for any number of processes: the scripts decide by Redis time.
 */
export function startTicker(
  {
    transitions,
    onError,
  }: {
    readonly transitions: Pick<Transitions, "fireTimers" | "sweepRun">;
    readonly onError: (error: unknown) => void;
  },
  intervalMs = 500,
): Ticker {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let underway: Promise<void> = Promise.resolve();
  const next = () => {
    if (stopped) return;
    timer = setTimeout(() => {
      underway = tick(transitions).catch(onError).then(next);
    }, intervalMs);
  };
  next();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await underway;
    },
  };
}

async function tick(transitions: Pick<Transitions, "fireTimers" | "sweepRun">): Promise<void> {
  for (const runId of await transitions.fireTimers()) {
    let portion = await transitions.sweepRun(runId);
    while (portion === "more") portion = await transitions.sweepRun(runId);
  }
}
