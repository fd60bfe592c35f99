import * as z from "zod";

/** Every code a caller can meet, with its HTTP status and whether the same request may succeed later. */
export const errorCatalog = {
  request_invalid: { status: 400, retryable: false, title: "Invalid request" },
  cursor_invalid: { status: 400, retryable: false, title: "Invalid cursor" },
  host_not_allowed: { status: 403, retryable: false, title: "Host or Origin not allowed" },
  route_not_found: { status: 404, retryable: false, title: "Route not found" },
  workflow_not_found: { status: 404, retryable: false, title: "Workflow not found" },
  version_not_found: { status: 404, retryable: false, title: "Workflow version not found" },
  run_not_found: { status: 404, retryable: false, title: "Run not found" },
  step_not_found: { status: 404, retryable: false, title: "Step not found" },
  method_not_allowed: { status: 405, retryable: false, title: "Method not allowed" },
  not_acceptable: { status: 406, retryable: false, title: "No acceptable media type" },
  version_conflict: { status: 409, retryable: false, title: "Version already exists with different content" },
  run_ended: { status: 409, retryable: false, title: "Run has already ended" },
  payload_too_large: { status: 413, retryable: false, title: "Request body too large" },
  graph_too_large: { status: 413, retryable: false, title: "Graph too large for this format" },
  unsupported_media_type: { status: 415, retryable: false, title: "Unsupported media type" },
  definition_invalid: { status: 422, retryable: false, title: "Invalid workflow definition" },
  input_invalid: { status: 422, retryable: false, title: "Input does not match the workflow's schema" },
  idempotency_conflict: { status: 422, retryable: false, title: "Idempotency key already used with a different body" },
  internal: { status: 500, retryable: true, title: "Internal error" },
  redis_unavailable: { status: 503, retryable: true, title: "Redis is unavailable" },
  redis_refused: { status: 503, retryable: true, title: "Redis refuses writes" },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string }>;

export type ErrorCode = keyof typeof errorCatalog;

/** One thing that is wrong with a request. `pointer` is a JSON Pointer into the body, or begins with /query or /headers. */
export const ErrorDetail = z.object({
  pointer: z.string(),
  message: z.string(),
  code: z.string().optional(),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
});
export type ErrorDetail = Readonly<z.infer<typeof ErrorDetail>>;

/** A caller's mistake or a known condition: the code decides the HTTP status. */
export class BatonError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly ErrorDetail[];
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly errors?: readonly ErrorDetail[];
      readonly details?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "BatonError";
    this.code = code;
    this.errors = options.errors ?? [];
    this.details = options.details ?? {};
  }
}
