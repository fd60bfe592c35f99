type Transitions = Readonly<Record<string, readonly string[]>>;

/** A table of arrows as a Mermaid state diagram. */
export function drawTransitions(transitions: Transitions, first: string): string {
  const lines = ["stateDiagram-v2", `  [*] --> ${first}`];
  for (const [from, targets] of Object.entries(transitions)) {
    for (const to of targets) lines.push(`  ${from} --> ${to}`);
    if (targets.length === 0) lines.push(`  ${from} --> [*]`);
  }
  return `${lines.join("\n")}\n`;
}

/** The table without some statuses, and without what leads to them. */
export function withoutStatuses(transitions: Transitions, left: readonly string[]): Transitions {
  const kept = Object.entries(transitions).filter(([from]) => !left.includes(from));
  return Object.fromEntries(kept.map(([from, targets]) => [from, targets.filter((to) => !left.includes(to))]));
}
