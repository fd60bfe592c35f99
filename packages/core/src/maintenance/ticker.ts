import { type Repeated, repeat } from "@batonrun/node/time";
import type { Transitions } from "../ports/transitions.js";

/** `stop` resolves once no tick is running. */
export type Ticker = Repeated;

/**
 * Fires due timers: closes runs past their deadline, and sweeps those whose retention has expired. A tick is one round
 * trip if there is nothing to sweep. Any number of processes can tick, because the scripts decide by Redis time.
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
