import type { KindSyntax } from "./language.js";

/** Parts of the format that this version does not support. They are rejected with a clear message, never ignored. */
export const notYetKinds = [
  "loop",
  "approval",
  "webhook",
  "wait",
  "workflow",
  "react",
  "orchestrator",
  "rollback",
] as const;

/** At the top level of a definition. */
export const notYetTopKeys = ["maxConcurrentRuns", "sla", "onFailure", "access", "notify"] as const;

/** On any step. */
export const notYetStepKeys = ["catch", "compensate", "cache", "rateLimit", "breaker"] as const;

export function isNotYetKind(kind: unknown): boolean {
  const kinds: readonly unknown[] = notYetKinds;
  return kinds.includes(kind);
}

export function isNotYetTopKey(key: string): boolean {
  const keys: readonly string[] = notYetTopKeys;
  return keys.includes(key);
}

/** Whether the format has this key on steps of this kind, but this version does not support it. */
export function isNotYetStepKey(kind: Pick<KindSyntax, "notYet"> | undefined, key: string): boolean {
  const keys: readonly string[] = [...notYetStepKeys, ...(kind?.notYet ?? [])];
  return keys.includes(key);
}
