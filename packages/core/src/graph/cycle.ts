import type { StepLinks } from "./links.js";
import { displayName, type Outline, type OutlineScope, type OutlineStep } from "./outline.js";

export type Dependencies = ReadonlyMap<OutlineStep, Pick<StepLinks, "dependencies">>;

/**
 * One real circle out of each knot of steps that wait for one another: each step needs the next, the last the first.
 * Works without recursion, because chains may be thousands of steps long.
 */
export function findCycles(outline: Outline, links: Dependencies): readonly (readonly OutlineStep[])[] {
  const scopes = [outline.top, ...outline.steps.flatMap(({ bodies }) => bodies)];
  return scopes.flatMap((scope) => cyclesOf(scope, links));
}

/** More steps than that nobody reads. */
const PRINTED_STEPS = 50;

/** `a -> b -> a`. */
export function printCycle(cycle: readonly OutlineStep[]): string {
  const names = cycle.slice(0, PRINTED_STEPS).map(displayName);
  const more = cycle.length > PRINTED_STEPS ? [`(${cycle.length - PRINTED_STEPS} more)`] : [];
  return [...names, ...more, ...names.slice(0, 1)].join(" -> ");
}

function cyclesOf(scope: OutlineScope, links: Dependencies): readonly (readonly OutlineStep[])[] {
  let knotted = knottedSteps(scope, links);
  const cycles: (readonly OutlineStep[])[] = [];
  while (knotted.size > 0) {
    const cycle = walkCycle(knotted, links);
    cycles.push(cycle);
    knotted = withoutReaching(knotted, new Set(cycle), links);
  }
  return cycles;
}

/** What is left when every step that can be put in order is taken away, from the beginning and from the end. */
function knottedSteps(scope: OutlineScope, links: Dependencies): ReadonlySet<OutlineStep> {
  const forward = new Map(scope.steps.map((step) => [step, [...dependenciesOf(step, links)]]));
  const left = peel(new Set(scope.steps), forward);
  return peel(left, reverse(left, forward));
}

/** Takes away, again and again, the steps whose `edges` lead to nothing that is left. */
function peel(
  steps: ReadonlySet<OutlineStep>,
  edges: ReadonlyMap<OutlineStep, readonly OutlineStep[]>,
): ReadonlySet<OutlineStep> {
  const left = new Set(steps);
  const incoming = reverse(steps, edges);
  const open = new Map([...steps].map((step) => [step, (edges.get(step) ?? []).filter((to) => steps.has(to)).length]));
  const free = [...steps].filter((step) => open.get(step) === 0);
  for (let step = free.pop(); step !== undefined; step = free.pop()) {
    left.delete(step);
    for (const waiting of incoming.get(step) ?? []) {
      const count = (open.get(waiting) ?? 0) - 1;
      open.set(waiting, count);
      if (count === 0) free.push(waiting);
    }
  }
  return left;
}

function reverse(
  steps: ReadonlySet<OutlineStep>,
  edges: ReadonlyMap<OutlineStep, readonly OutlineStep[]>,
): ReadonlyMap<OutlineStep, readonly OutlineStep[]> {
  const reversed = new Map<OutlineStep, OutlineStep[]>([...steps].map((step) => [step, []]));
  for (const step of steps) for (const to of edges.get(step) ?? []) reversed.get(to)?.push(step);
  return reversed;
}

/** Every knotted step needs a knotted one, so a walk comes back to itself; what it went round is the circle. */
function walkCycle(knotted: ReadonlySet<OutlineStep>, links: Dependencies): readonly OutlineStep[] {
  const walked = new Map<OutlineStep, number>();
  let at = [...knotted][0];
  while (at !== undefined && !walked.has(at)) {
    walked.set(at, walked.size);
    at = [...dependenciesOf(at, links)].find((step) => knotted.has(step));
  }
  const path = [...walked.keys()];
  return fromFirstDeclared(path.slice(at === undefined ? 0 : walked.get(at)));
}

function fromFirstDeclared(cycle: readonly OutlineStep[]): readonly OutlineStep[] {
  const first = cycle.reduce((best, step, at) => (step.order < (cycle[best]?.order ?? 0) ? at : best), 0);
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}

/** The circle is told; what only waits for it would be told again. What stays knotted on its own is the next one. */
function withoutReaching(
  knotted: ReadonlySet<OutlineStep>,
  told: ReadonlySet<OutlineStep>,
  links: Dependencies,
): ReadonlySet<OutlineStep> {
  const rest = new Set([...knotted].filter((step) => !told.has(step)));
  const forward = new Map([...rest].map((step) => [step, [...dependenciesOf(step, links)]]));
  const left = peel(rest, forward);
  return peel(left, reverse(left, forward));
}

function dependenciesOf(step: OutlineStep, links: Dependencies): ReadonlySet<OutlineStep> {
  return links.get(step)?.dependencies ?? new Set();
}
