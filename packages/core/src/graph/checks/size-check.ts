import type { LinkIssue, Links } from "../links.js";
import { displayName, type Outline, type OutlineStep } from "../outline.js";
import type { GraphLimits } from "./graph-limits.js";

/** Reports the limits that a definition exceeds. */
export function checkSizes(outline: Outline, links: Links, limits: GraphLimits): readonly LinkIssue[] {
  const { steps } = outline;
  const edges = steps.reduce((sum, step) => sum + links.of(step).dependencies.size, 0);
  return [
    ...atMost({ what: "steps", count: steps.length, limit: limits.maxSteps }),
    ...atMost({ what: "dependencies between steps", count: edges, limit: limits.maxEdges }),
    ...tooNested(outline, limits),
    ...tooPopular(outline, links, limits),
  ];
}

function atMost({ what, count, limit }: { what: string; count: number; limit: number }): readonly LinkIssue[] {
  if (count <= limit) return [];
  return [
    limitIssue("/steps", `the definition has ${count} ${what}; the limit is ${limit}. Split it into several workflows`),
  ];
}

/** Reports only the outermost container that is nested too deeply. */
function tooNested({ steps }: Outline, { maxNesting }: GraphLimits): readonly LinkIssue[] {
  const tooDeep = steps.filter(({ kind, scope }) => kind.shape === "container" && scope.depth === maxNesting);
  return tooDeep.map((step) =>
    limitIssue(
      step.pointer,
      `step "${displayName(step)}" is a container nested in ${maxNesting} others, which exceeds the limit`,
    ),
  );
}

function tooPopular({ steps }: Outline, links: Links, { maxDependents }: GraphLimits): readonly LinkIssue[] {
  const dependents = new Map<OutlineStep, number>();
  for (const waiting of steps)
    for (const step of links.of(waiting).dependencies) dependents.set(step, (dependents.get(step) ?? 0) + 1);
  return steps.flatMap((step) => {
    const count = dependents.get(step) ?? 0;
    if (count <= maxDependents) return [];
    const message = `${count} steps directly depend on "${displayName(step)}"; the limit is ${maxDependents}. Insert intermediate steps`;
    return [limitIssue(step.pointer, message)];
  });
}

function limitIssue(pointer: string, message: string): LinkIssue {
  return { pointer, severity: "error", code: "limit_exceeded", message, isKey: true };
}
