import { z } from "zod";
import { SerializedError } from "./serialized-error.js";
import { StepView } from "./step.js";

export const RunStatus = z.enum([
  "initializing",
  "running",
  "waiting",
  "waiting_approval",
  "paused",
  "rolling_back",
  "completed",
  "failed",
  "cancelled",
  "timed_out",
  "rolled_back",
  "rollback_failed",
]);
export type RunStatus = z.infer<typeof RunStatus>;

/** Why a run is ending. Written once; the first wins. */
export const Closing = z.enum(["failed", "cancelled", "timed_out"]);
export type Closing = z.infer<typeof Closing>;

/** A run in a list. */
export const RunSummary = z.object({
  id: z.string(),
  workflow: z.string(),
  version: z.string(),
  status: RunStatus,
  closing: Closing.optional(),
  tags: z.array(z.string()),
  priority: z.number().int(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
  deadlineAt: z.iso.datetime(),
  durationMs: z.number().optional(),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** A run, with every declared step in order of declaration. */
export const RunView = RunSummary.extend({
  definitionHash: z.string(),
  input: z.unknown(),
  output: z.unknown().optional(),
  error: SerializedError.optional(),
  /** True when results were left out because all together pass 1 MB. */
  resultOmitted: z.boolean().optional(),
  steps: z.array(StepView),
});
export type RunView = z.infer<typeof RunView>;
