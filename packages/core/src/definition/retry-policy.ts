import { durationMs, type SerializedError } from "@batonrun/contract";
import { defaults } from "./defaults.js";
import type { WorkflowDefinition } from "./language.js";
import type { Step } from "./step.js";

/** A step's `retry` with all keys filled in. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly backoff: "exponential" | "fixed";
  readonly delay: string;
  readonly maxDelay: string;
  readonly jitter: number;
  readonly except: readonly string[];
  readonly timeoutFactor: number;
}

/** Merges the step's `retry` over the workflow's over the defaults. Without either, the step has one attempt. */
export function retryPolicy(definition: Pick<WorkflowDefinition, "retry">, step: Pick<Step, "retry">): RetryPolicy {
  if (step.retry === undefined && definition.retry === undefined) return { ...defaults.retry, attempts: 1 };
  return { ...defaults.retry, ...definition.retry, ...step.retry };
}

/**
 * The delay before the next attempt in ms, or null if there are no attempts left. `failures` includes the current one.
 * Exponential: delay, 2 x delay, 4 x delay … up to maxDelay. Jitter subtracts up to that fraction, so that steps that
 * failed together are not retried together.
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

/** The timeout of the next attempt in ms: multiplied by `timeoutFactor` per failure, up to MAX_TIMEOUT_MS. */
export function attemptTimeoutMs(timeoutMs: number, policy: RetryPolicy, failures: number): number {
  return Math.min(Math.round(timeoutMs * policy.timeoutFactor ** failures), MAX_TIMEOUT_MS);
}

/** The longest delay that a Node.js timer accepts: about 25 days. */
export const MAX_TIMEOUT_MS = 2 ** 31 - 1;
