import { ProblemDocument } from "@batonrun/contract";
import type { z } from "zod";
import { BatonApiError } from "./api-error.js";

/** What is needed of a problem; the rest of it can be missing. */
export const ReceivedProblem = ProblemDocument.partial().required({ code: true });
type ReceivedProblem = z.infer<typeof ReceivedProblem>;

export function problemError(
  problem: ReceivedProblem,
  answer: { readonly status: number; readonly retryAfterMs?: number },
): BatonApiError {
  const { title = "", detail = title, code, retryable = false, errors = [], traceId } = problem;
  return new BatonApiError(detail, { code, retryable, errors, ...(traceId !== undefined && { traceId }), ...answer });
}
