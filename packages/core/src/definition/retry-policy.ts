import { type ActionStep, defaults, type WorkflowDefinition } from "./schema.js";

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
export function retryPolicy(definition: WorkflowDefinition, step: ActionStep): RetryPolicy {
  if (step.retry === undefined && definition.retry === undefined) return { ...defaults.retry, attempts: 1 };
  return { ...defaults.retry, ...definition.retry, ...step.retry };
}
