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

/** On steps of one kind, beside those of any step. */
export const notYetKindKeys = {
  action: ["candidates", "routing"],
  parallel: ["timeout", "retry", "queue", "sla", "with", "effects"],
  map: ["timeout", "retry", "queue", "sla", "with", "effects", "batch"],
  conditional: ["timeout", "retry", "queue", "sla", "with", "effects"],
} as const satisfies Record<string, readonly string[]>;

export function isNotYetKind(kind: unknown): boolean {
  const kinds: readonly unknown[] = notYetKinds;
  return kinds.includes(kind);
}

/** Whether the format has the key on a step of that kind, though this version does not. */
export function isNotYetStepKey(kind: string, key: string): boolean {
  const ofKind: Readonly<Record<string, readonly string[]>> = notYetKindKeys;
  const keys: readonly string[] = [...notYetStepKeys, ...(Object.hasOwn(ofKind, kind) ? (ofKind[kind] ?? []) : [])];
  return keys.includes(key);
}

export function isNotYetTopKey(key: string): boolean {
  const keys: readonly string[] = notYetTopKeys;
  return keys.includes(key);
}
