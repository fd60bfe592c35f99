import { z } from "zod";
import { SerializedError, SkipReason } from "./outcome.js";

/** A step instance's status, as REST shows it. */
export const StepStatus = z.enum([
  "pending",
  "waiting",
  "running",
  "retrying",
  "completed",
  "failed",
  "skipped",
  "cancelled",
  "compensated",
]);
export type StepStatus = z.infer<typeof StepStatus>;

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

/** Counts of a container's direct instances. */
export const InstanceCounts = z.object({
  total: z.number().int(),
  completed: z.number().int(),
  failed: z.number().int(),
  skipped: z.number().int(),
  cancelled: z.number().int(),
  running: z.number().int(),
  pending: z.number().int(),
});
export type InstanceCounts = z.infer<typeof InstanceCounts>;

/** A step as REST shows it. Durations are milliseconds, times ISO 8601 UTC. */
export const StepView = z.object({
  /** The instance id (`chunks.3.extract`). For a declared step inside a map's body: the template (`chunks.*.extract`). */
  id: z.string(),
  type: z.string(),
  action: z.string().optional(),
  name: z.string().optional(),
  tags: z.array(z.string()).optional(),
  status: StepStatus,
  reason: SkipReason.optional(),
  generation: z.number().int(),
  attempts: z.number().int(),
  queuedAt: z.iso.datetime().optional(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
  dueAt: z.iso.datetime().optional(),
  durationMs: z.number().optional(),
  degraded: z.boolean(),
  result: z.unknown().optional(),
  resultOmitted: z.boolean().optional(),
  error: SerializedError.optional(),
  counts: InstanceCounts.optional(),
});
export type StepView = z.infer<typeof StepView>;
