import type { SerializedError } from "@batonrun/contract";

/** How one branch or item ended, as its container's result shows it. */
export type InstanceResult =
  | { readonly status: "completed"; readonly result: unknown }
  | { readonly status: "failed"; readonly error: SerializedError }
  | { readonly status: "skipped" };

/** The result of a `parallel` (by step id) or a `map` (in item order). */
export interface ScopeResult {
  readonly results: unknown;
  readonly failures: readonly (
    | { readonly id: string; readonly error: SerializedError }
    | { readonly index: number; readonly error: SerializedError }
  )[];
  /** Succeeded and failed ones, without skipped ones. */
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  /** `succeeded / total`, or 1 if `total` is 0. */
  readonly successRate: number;
}

export function branchesResult(branches: ReadonlyMap<string, InstanceResult>): ScopeResult {
  const failures = [...branches].flatMap(([id, ended]) =>
    ended.status === "failed" ? [{ id, error: ended.error }] : [],
  );
  return { results: resultsById(branches), failures, ...tally([...branches.values()]) };
}

export function itemsResult(items: readonly InstanceResult[]): ScopeResult {
  const failures = items.flatMap((ended, index) => (ended.status === "failed" ? [{ index, error: ended.error }] : []));
  return { results: items.map(resultOrNull), failures, ...tally(items) };
}

/** Results by step id, or null where a step has none. */
export function resultsById(steps: ReadonlyMap<string, InstanceResult>): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...steps].map(([id, ended]) => [id, resultOrNull(ended)]));
}

function resultOrNull(ended: InstanceResult): unknown {
  return ended.status === "completed" ? ended.result : null;
}

function tally(ended: readonly InstanceResult[]): Pick<ScopeResult, "total" | "succeeded" | "failed" | "successRate"> {
  const succeeded = ended.filter(({ status }) => status === "completed").length;
  const failed = ended.filter(({ status }) => status === "failed").length;
  const total = succeeded + failed;
  return { total, succeeded, failed, successRate: total === 0 ? 1 : succeeded / total };
}
