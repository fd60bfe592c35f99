import type { Clock } from "./ports/metrics.js";

/** The real clock: the one place that asks the machine for the time. */
export const systemClock: Clock = { now: () => Date.now() };
