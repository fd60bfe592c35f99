import type { KindSyntax } from "./language.js";

/** What the format has and this version does not: refused with a sentence that says so, never accepted and ignored. */
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

/** At the top of a definition. */
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

/** Whether the format has the key on a step of this kind, though this version does not. */
export function isNotYetStepKey(kind: Pick<KindSyntax, "notYet"> | undefined, key: string): boolean {
  const keys: readonly string[] = [...notYetStepKeys, ...(kind?.notYet ?? [])];
  return keys.includes(key);
}
