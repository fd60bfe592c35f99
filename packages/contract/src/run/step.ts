import * as z from "zod";
import type { OneOf } from "../one-of.js";
import { pageOf } from "../page.js";
import { SerializedError, SkipReason } from "../serialized-error.js";

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

export const exampleStep = {
  id: "extract",
  type: "action",
  action: "text.extract",
  status: "completed",
  generation: 0,
  attempts: 1,
  queuedAt: "2026-11-21T08:30:00.004Z",
  startedAt: "2026-11-21T08:30:00.006Z",
  endedAt: "2026-11-21T08:30:00.120Z",
  durationMs: 114,
  degraded: false,
  result: { text: "…", pages: 12 },
} as const;

const Step = z.object({
  /** The instance id (`chunks.3.extract`). For a declared step inside a map's body: the template (`chunks.*.extract`). */
  id: z.string(),
  type: z.string(),
  action: z.string().optional(),
  name: z.string().optional(),
  tags: z.array(z.string()).optional(),
  generation: z.number().int(),
  attempts: z.number().int(),
  queuedAt: z.iso.datetime().optional(),
  startedAt: z.iso.datetime().optional(),
  degraded: z.boolean(),
  counts: InstanceCounts.optional(),
});
/** Absent in a template, which has the status of its map and no times of its own. */
const times = { endedAt: z.iso.datetime().optional(), durationMs: z.number().optional() };
const error = SerializedError.optional();

/** A step as REST shows it. Durations are milliseconds, times ISO 8601 UTC. */
export const StepView = z
  .discriminatedUnion("status", [
    Step.extend({
      status: z.enum(["pending", "waiting", "running", "retrying"]),
      dueAt: z.iso.datetime().optional(),
      /** Of the last attempt that failed. */
      error,
    }),
    Step.extend({
      ...times,
      status: z.enum(["completed", "compensated"]),
      /** Absent in lists and drawings, and where `resultOmitted` is set. */
      result: z.unknown().optional(),
      resultOmitted: z.literal(true).optional(),
    }),
    Step.extend({ ...times, status: z.literal("failed"), error }),
    Step.extend({ ...times, status: z.literal("skipped"), reason: SkipReason }),
    Step.extend({ ...times, status: z.literal("cancelled"), error }),
  ])
  .meta({ id: "Step", description: "A step instance", example: exampleStep });
export type StepView = OneOf<z.infer<typeof StepView>>;

export const StepPage = pageOf(StepView).meta({ id: "StepList" });
