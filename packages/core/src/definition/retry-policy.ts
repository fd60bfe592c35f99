import { durationMs, type SerializedError } from "@batonrun/contract";
import { defaults } from "./defaults.js";
import type { WorkflowDefinition } from "./language.js";
import type { Step } from "./step.js";

/** A step's `retry` with nothing left open. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly backoff: "exponential" | "fixed";
  readonly delay: string;
  readonly maxDelay: string;
  readonly jitter: number;
  readonly except: readonly string[];
  readonly timeoutFactor: number;
}

/** The step's `retry` over the workflow's over the defaults. Where neither says anything there is one attempt. */
export function retryPolicy(definition: Pick<WorkflowDefinition, "retry">, step: Pick<Step, "retry">): RetryPolicy {
  if (step.retry === undefined && definition.retry === undefined) return { ...defaults.retry, attempts: 1 };
  return { ...defaults.retry, ...definition.retry, ...step.retry };
}

/**
 * How long to wait before the next attempt, in ms, or null when there is none. `failures` counts this one.
 * Exponential: delay, 2 x delay, 4 x delay … at most maxDelay; jitter takes off up to that fraction, so that
 * steps that failed together are not tried again together.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  failed: { readonly error: SerializedError; readonly failures: number },
  random: () => number,
): number | null {
  if (failed.failures >= policy.attempts) return null;
  if (failed.error.retryable === false || policy.except.includes(failed.error.type)) return null;
  const factor = policy.backoff === "exponential" ? 2 ** Math.min(failed.failures - 1, 40) : 1;
  const delay = Math.min(durationMs(policy.delay) * factor, durationMs(policy.maxDelay));
  return Math.round(delay * (1 - policy.jitter * random()));
}

/** The timeout of the next attempt, in ms: `timeoutFactor` lengthens it with each failure so far. At most ten years. */
export function attemptTimeoutMs(timeoutMs: number, policy: RetryPolicy, failures: number): number {
  return Math.min(Math.round(timeoutMs * policy.timeoutFactor ** failures), MAX_TIMEOUT_MS);
}

/** The longest that a timer of Node takes. */
export const MAX_TIMEOUT_MS = 2 ** 31 - 1;
