import { type Repeated, repeat } from "@batonrun/node/time";
import type { Transitions } from "../ports/transitions.js";

/** `stop` resolves once no tick is running. */
export type Ticker = Repeated;

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
  return repeat(() => tick(transitions), { intervalMs, onError });
}

async function tick(transitions: Pick<Transitions, "fireTimers" | "sweepRun">): Promise<void> {
  for (const runId of await transitions.fireTimers()) {
    let portion = await transitions.sweepRun(runId);
    while (portion === "more") portion = await transitions.sweepRun(runId);
  }
}
