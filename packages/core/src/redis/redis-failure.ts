import { BatonError } from "@batonrun/contract";

/** Answers by which Redis refuses to write, and stays so until somebody acts. */
const refusals = /^(OOM|MISCONF|READONLY|NOREPLICAS|NOPERM)\b/;

/** Answers of a Redis that is there but cannot serve yet. */
const notReady = /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|NOAUTH|WRONGPASS)\b/;

/** What ioredis says when a command got no answer. */
const noAnswer =
  /Connection is closed|Stream isn't writeable|Command timed out|Socket timeout|max retries per request|Command aborted|connect ETIMEDOUT/;

const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** Waits for what Redis answers; a failure that callers can do something about becomes a `BatonError`. */
export async function fromRedis<Value>(answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (error) {
    throw redisFailure(error);
  }
}

/** `redis_unavailable` or `redis_refused` where the error means that; any other error (a bug) stays what it is. */
export function redisFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof BatonError) return error;
  if (refusals.test(error.message)) {
    return new BatonError("redis_refused", `Redis refused the command: ${error.message}`, { cause: error });
  }
  if (notReady.test(error.message) || noAnswer.test(error.message) || networkCodes.has(codeOf(error))) {
    return new BatonError("redis_unavailable", `Redis is unavailable: ${error.message}`, { cause: error });
  }
  return error;
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
