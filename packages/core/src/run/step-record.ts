import { SkipReason, StepStatus } from "@batonrun/contract";
import { z } from "zod";

/** What the run's `:steps` hash stores of an instance (JSON, short keys: there is one a step instance). Times are ms since the epoch, by Redis. */
export const StepRecord = z.object({
  /** status */
  s: StepStatus,
  /** attempts claimed */
  a: z.number().default(0),
  /** failures that count against retry.attempts */
  f: z.number().default(0),
  /** crashes of workers */
  k: z.number().default(0),
  /** queuedAt */
  q: z.number().optional(),
  /** startedAt: the first claim */
  t: z.number().optional(),
  /** endedAt */
  e: z.number().optional(),
  /** dueAt: not to be claimed before */
  d: z.number().optional(),
  /** hand-backs in a row */
  h: z.number().optional(),
  /** the lock's token of the claim at work, where that was made in a trip of its own: a second call is told by it */
  o: z.string().optional(),
  /** why it was skipped */
  r: SkipReason.optional(),
  /** its sla was breached */
  b: z.literal(1).optional(),
  /** degraded */
  g: z.literal(1).optional(),
  /** SerializedError as JSON text */
  x: z.string().optional(),
});
export type StepRecord = z.infer<typeof StepRecord>;
