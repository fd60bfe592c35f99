import * as z from "zod";
import { ErrorDetail } from "./errors.js";

/** Every error of the API (RFC 9457). `code` is one of `errorCatalog`; a newer server can have more. */
export const ProblemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    errors: z.array(ErrorDetail),
    details: z.record(z.string(), z.unknown()).optional(),
    retryable: z.boolean(),
    traceId: z.string(),
  })
  .meta({
    id: "Problem",
    description: "An error (RFC 9457). `code` is listed in the error reference; `traceId` is also in the logs.",
    example: {
      type: "urn:baton:problem:run_not_found",
      title: "Run not found",
      status: 404,
      detail: "Run 01JD00000000000000000000AA does not exist.",
      code: "run_not_found",
      errors: [],
      retryable: false,
      traceId: "8f14e45f-ceea-467f-a8f4-2a1b3c4d5e6f",
    },
  });
export type ProblemDocument = z.infer<typeof ProblemDocument>;
