import type { ErrorCode, ErrorDetail } from "@batonrun/contract";

/** What goes wrong before an API has answered as one. */
export type TransportErrorCode = "unreachable" | "response_invalid";

/** A newer server may have codes that this client does not know yet. */
export type ApiErrorCode = ErrorCode | TransportErrorCode | (string & {});

export interface ApiErrorOptions {
  readonly code: ApiErrorCode;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  readonly retryable: boolean;
  readonly errors?: readonly ErrorDetail[];
  readonly traceId?: string;
  /** What the server asked for by `Retry-After`. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** Every way in which a call can fail, save being aborted by its own signal (that throws the signal's reason). */
export class BatonApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly retryable: boolean;
  readonly errors: readonly ErrorDetail[];
  readonly traceId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: ApiErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "BatonApiError";
    this.code = options.code;
    this.status = options.status;
    this.retryable = options.retryable;
    this.errors = options.errors ?? [];
    this.traceId = options.traceId;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Whether the same call may succeed later. */
export function isRetryable(error: unknown): error is BatonApiError {
  return error instanceof BatonApiError && error.retryable;
}
