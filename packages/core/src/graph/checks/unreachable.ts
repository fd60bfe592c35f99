import type { LinkIssue, Links } from "../links.js";
import { displayName, type Outline, type OutlineStep } from "../outline.js";

/** Steps that no run can reach: their `if` is always false, or all their dependencies are unreachable. */
export function unreachableSteps(outline: Outline, links: Links): readonly LinkIssue[] {
  const unreachable = new Set<OutlineStep>();
  const issues: LinkIssue[] = [];
  // Skips spread along dependencies, which can be declared in any order. Repeat until nothing is added.
  for (let before = -1; before < unreachable.size; ) {
    before = unreachable.size;
    for (const step of outline.steps) {
      if (unreachable.has(step)) continue;
      const { neverRuns } = links.of(step);
      const why = neverRuns ? "its `if` is always false" : waitsInVain(links.of(step), unreachable);
      if (why === null) continue;
      unreachable.add(step);
      issues.push(issueOf(step, neverRuns, why));
    }
  }
  return issues;
}

function waitsInVain(
  {
    dependencies,
    statusOf,
  }: { readonly dependencies: ReadonlySet<OutlineStep>; readonly statusOf: readonly OutlineStep[] },
  unreachable: ReadonlySet<OutlineStep>,
): string | null {
  if (dependencies.size === 0 || statusOf.length > 0) return null;
  const vain = [...dependencies].every((dependency) => unreachable.has(dependency));
  return vain ? `it depends only on steps that never run: ${[...dependencies].map(displayName).join(", ")}` : null;
}

function issueOf(step: OutlineStep, byCondition: boolean, why: string): LinkIssue {
  const pointer = byCondition ? `${step.pointer}/if` : step.pointer;
  const message = `step "${displayName(step)}" can never run: ${why}`;
  return { pointer, severity: "warning", code: "unreachable_step", message, isKey: !byCondition };
}
