import { BatonError, type ErrorCode, errorCatalog, type ProblemDocument } from "@batonrun/contract";
import { redisFailure } from "@batonrun/core/redis";
import { logOver } from "@batonrun/node/log";
import type { ErrorRequestHandler } from "express";

export const PROBLEM_TYPE = "application/problem+json";

/** The problem document of an error. Everything except `detail` comes from the catalog. */
export function problemOf(error: BatonError, traceId: string): ProblemDocument {
  const { status, title, retryable } = errorCatalog[error.code];
  return {
    type: `urn:baton:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    errors: error.errors.map((each) => ({ ...each })),
    ...(Object.keys(error.details).length > 0 && { details: { ...error.details } }),
    retryable,
    traceId,
  };
}

/** How long a client should wait before it retries, in seconds. */
export const RETRY_AFTER_S = "2";

/** The only place where an error becomes a response. */
// biome-ignore lint/complexity/useMaxParams: Express knows an error handler by its four parameters.
export const answerProblem: ErrorRequestHandler = (error: unknown, request, response, _next) => {
  const known = asBatonError(error);
  const problem = problemOf(known, String(request.id));
  if (problem.status >= 500)
    logOver(request.log).error(known.message, { error: known.cause ?? known, code: known.code });
  if (response.headersSent) {
    // A stream has started, so no error response can be sent; close the connection.
    response.destroy();
    return;
  }
  if (problem.status === 503) response.set("Retry-After", RETRY_AFTER_S);
  response.status(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
};

/** Maps anything thrown to an error of the catalog. The message of an unexpected error is never sent to clients. */
function asBatonError(error: unknown): BatonError {
  if (error instanceof BatonError) return error;
  const failure = redisFailure(error);
  if (failure instanceof BatonError) return failure;
  const parser = parserCode(error);
  if (parser !== null) return new BatonError(parser.code, parser.message, { cause: error });
  return new BatonError("internal", "Internal error. Look up the traceId in the logs.", {
    cause: error,
  });
}

/** Maps errors of body-parser and the router, which have a status and a type. */
function parserCode(error: unknown): { readonly code: ErrorCode; readonly message: string } | null {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return null;
  if (error.status === 413) {
    const limit = "limit" in error && typeof error.limit === "number" ? ` The limit is ${error.limit} bytes.` : "";
    return { code: "payload_too_large", message: `The request body is too large.${limit}` };
  }
  if (error.status === 415)
    return { code: "unsupported_media_type", message: "The content encoding of the body is not supported." };
  if (error.status >= 400 && error.status < 500) {
    return { code: "request_invalid", message: "The request cannot be parsed." };
  }
  return null;
}
