/** Every code a caller can meet, with its HTTP status and whether the same request may succeed later. */
export const errorCatalog = {
  request_invalid: { status: 400, retryable: false, title: "The request is not well formed" },
  cursor_invalid: { status: 400, retryable: false, title: "The cursor is not one that this list gave" },
  host_not_allowed: { status: 403, retryable: false, title: "The Host or Origin header names another site" },
  route_not_found: { status: 404, retryable: false, title: "There is no such address" },
  workflow_not_found: { status: 404, retryable: false, title: "There is no such workflow" },
  version_not_found: { status: 404, retryable: false, title: "The workflow has no such version" },
  run_not_found: { status: 404, retryable: false, title: "There is no such run" },
  step_not_found: { status: 404, retryable: false, title: "The run has no such step" },
  method_not_allowed: { status: 405, retryable: false, title: "The address does not take this method" },
  not_acceptable: { status: 406, retryable: false, title: "None of the accepted media types can be given" },
  version_conflict: { status: 409, retryable: false, title: "The version exists with other content" },
  run_ended: { status: 409, retryable: false, title: "The run has ended" },
  payload_too_large: { status: 413, retryable: false, title: "The body is too large" },
  graph_too_large: { status: 413, retryable: false, title: "The graph is too large for this form" },
  unsupported_media_type: { status: 415, retryable: false, title: "The body's media type is not supported" },
  definition_invalid: { status: 422, retryable: false, title: "The workflow definition has problems" },
  input_invalid: { status: 422, retryable: false, title: "The input does not match the workflow's schema" },
  idempotency_conflict: { status: 422, retryable: false, title: "The idempotency key was used with another body" },
  internal: { status: 500, retryable: true, title: "Something failed that nobody planned" },
  redis_unavailable: { status: 503, retryable: true, title: "Redis does not answer" },
  redis_refused: { status: 503, retryable: true, title: "Redis refuses writes" },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string }>;

export type ErrorCode = keyof typeof errorCatalog;

/** One thing that is wrong, and where: `pointer` is a JSON Pointer into the body. */
export interface ErrorDetail {
  readonly pointer: string;
  readonly message: string;
  readonly code?: string;
  readonly line?: number;
  readonly column?: number;
}

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
