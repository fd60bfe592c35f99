import { z } from "zod";
import { BatonApiError } from "./api-error.js";

const ErrorItem = z.object({
  pointer: z.string().default(""),
  message: z.string(),
  code: z.string().exactOptional(),
  line: z.number().exactOptional(),
  column: z.number().exactOptional(),
});

/** RFC 9457, as Baton fills it. */
export const ProblemDocument = z.object({
  code: z.string(),
  title: z.string().default(""),
  detail: z.string().optional(),
  retryable: z.boolean().default(false),
  errors: z.array(ErrorItem).default([]),
  traceId: z.string().exactOptional(),
});
export type ProblemDocument = z.infer<typeof ProblemDocument>;

export function problemError(
  problem: ProblemDocument,
  answer: { readonly status: number; readonly retryAfterMs?: number },
): BatonApiError {
  const { title, detail, ...told } = problem;
  return new BatonApiError(detail ?? title, { ...told, ...answer });
}
