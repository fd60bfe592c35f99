import * as z from "zod";

const MAX_MESSAGE = 2000;

/** What is kept of an error's message: at most 2,000 characters. */
export function keptMessage(message: string): string {
  return message.slice(0, MAX_MESSAGE);
}

/** What is persisted of an error: never an Error object. `message` is at most 2,000 characters (`keptMessage`). */
export const SerializedError = z.object({
  type: z.string(),
  message: z.string(),
  retryable: z.boolean().optional(),
  details: z.unknown().optional(),
});
export type SerializedError = z.infer<typeof SerializedError>;

/** Why a step was skipped. */
export const SkipReason = z.enum([
  "condition_false",
  "dependency_failed",
  "dependency_skipped",
  "case_not_taken",
  "container_skipped",
]);
export type SkipReason = z.infer<typeof SkipReason>;
