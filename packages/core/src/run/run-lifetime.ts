import { Closing, type OneOf } from "@batonrun/contract";
import { z } from "zod";

const time = z.number().int();

/** The part of a stored run that depends on its status. Times are ms since the epoch, by Redis. */
export const RunLifetime = z.discriminatedUnion("status", [
  z.object({ status: z.literal("initializing"), closing: Closing.optional() }),
  z.object({
    status: z.enum(["running", "waiting", "waiting_approval", "paused", "rolling_back"]),
    closing: Closing.optional(),
    startedAt: time,
  }),
  z.object({ status: z.literal("completed"), startedAt: time, endedAt: time }),
  z.object({
    status: z.literal("failed"),
    closing: z.literal("failed").optional(),
    startedAt: time.optional(),
    endedAt: time,
    /** SerializedError as JSON text. Absent if a step failed the run. */
    error: z.string().optional(),
  }),
  z.object({
    status: z.literal("cancelled"),
    closing: z.literal("cancelled"),
    startedAt: time.optional(),
    endedAt: time,
  }),
  z.object({
    status: z.literal("timed_out"),
    closing: z.literal("timed_out"),
    startedAt: time.optional(),
    endedAt: time,
  }),
  z.object({
    status: z.enum(["rolled_back", "rollback_failed"]),
    closing: Closing.optional(),
    startedAt: time.optional(),
    endedAt: time,
    /** SerializedError as JSON text. */
    error: z.string().optional(),
  }),
]);
export type RunLifetime = OneOf<z.infer<typeof RunLifetime>>;
