import { SkipReason, StepStatus } from "@batonrun/contract";
import { z } from "zod";

/**
 * An instance in the run's `:steps` hash, as JSON. Keys are short because there is one record per step instance.
 * Times are ms since the epoch, by Redis.
 * @example { "s": "completed", "a": 2, "f": 1, "q": 1000, "t": 1200, "e": 5200 } // retried once
 */
export const StepRecord = z.object({
  /** status */
  s: StepStatus,
  /** attempts claimed */
  a: z.number().default(0),
  /** failures that count against retry.attempts */
  f: z.number().default(0),
  /** crashes: workers that vanished while running it */
  k: z.number().default(0),
  /** queuedAt */
  q: z.number().optional(),
  /** startedAt: the first claim */
  t: z.number().optional(),
  /** endedAt */
  e: z.number().optional(),
  /** dueAt: not claimable before */
  d: z.number().optional(),
  /** consecutive hand-backs */
  h: z.number().optional(),
  /** lock token of a claim made in its own round trip, so that a repeated call is recognized */
  o: z.string().optional(),
  /** reason for a skip */
  r: SkipReason.optional(),
  /** its sla was breached */
  b: z.literal(1).optional(),
  /** degraded */
  g: z.literal(1).optional(),
  /** SerializedError as JSON text */
  x: z.string().optional(),
});
export type StepRecord = z.infer<typeof StepRecord>;
