import type { Links } from "../links.js";
import { displayName, type Outline, type OutlineScope, type OutlineStep } from "../outline.js";

/** Each step needs the next, and the last needs the first. Never empty. */
export type Cycle = readonly OutlineStep[];

/**
 * Finds one real cycle in each group of steps that wait for each other. Iterative, because chains can be thousands of
 * steps long.
 * @example a needs b, b needs a, and c needs a: returns [[a, b]]. c only waits for the cycle, so it is not part of one.
 */
export function findCycles(outline: Outline, links: Links): readonly Cycle[] {
  const scopes = [outline.top, ...outline.steps.flatMap(({ bodies }) => bodies)];
  return scopes.flatMap((scope) => cyclesOf(scope, links));
}

/** Longer cycles are cut in messages. */
const PRINTED_STEPS = 50;

/** `a -> b -> a`. */
export function printCycle(cycle: Cycle): string {
  const names = cycle.slice(0, PRINTED_STEPS).map(displayName);
  const more = cycle.length > PRINTED_STEPS ? [`(${cycle.length - PRINTED_STEPS} more)`] : [];
  return [...names, ...more, ...names.slice(0, 1)].join(" -> ");
}

/** A step during the search in its scope. */
interface Knot {
  readonly step: OutlineStep;
  readonly needs: Knot[];
  readonly neededBy: Knot[];
  /** The number of remaining `needs` or `neededBy`, depending on the direction of the current pass. */
  open: number;
  left: boolean;
}

function cyclesOf(scope: OutlineScope, links: Links): readonly Cycle[] {
  const knots = knotsOf(scope, links);
  const cycles: Cycle[] = [];
  for (let start = firstKnotted(knots); start !== null; start = firstKnotted(knots)) {
    const circle = walkCircle(start);
    cycles.push(fromFirstDeclared(circle));
    // The cycle is reported, so remove it. Steps that only wait for it disappear with it; the rest has another cycle.
    for (const knot of circle) knot.left = false;
  }
  return cycles;
}

function knotsOf(scope: OutlineScope, links: Links): readonly Knot[] {
  const knots = new Map<OutlineStep, Knot>();
  for (const step of scope.steps) knots.set(step, { step, needs: [], neededBy: [], open: 0, left: true });
  for (const [step, knot] of knots)
    for (const dependency of links.of(step).dependencies) {
      const needed = knots.get(dependency);
      if (needed === undefined) continue;
      knot.needs.push(needed);
      needed.neededBy.push(knot);
    }
  return [...knots.values()];
}

/** Removes every step that can be ordered, from both ends. Returns a remaining step, which is on or between cycles. */
function firstKnotted(knots: readonly Knot[]): Knot | null {
  peel(knots, { edges: "needs", back: "neededBy" });
  peel(knots, { edges: "neededBy", back: "needs" });
  return knots.find((knot) => knot.left) ?? null;
}

type Direction = "needs" | "neededBy";

/** Repeatedly removes the steps without remaining `edges`. */
function peel(knots: readonly Knot[], { edges, back }: { readonly edges: Direction; readonly back: Direction }): void {
  const left = knots.filter((knot) => knot.left);
  for (const knot of left) knot.open = knot[edges].filter((other) => other.left).length;
  const free = left.filter((knot) => knot.open === 0);
  for (let knot = free.pop(); knot !== undefined; knot = free.pop()) {
    knot.left = false;
    for (const waiting of knot[back]) {
      if (!waiting.left) continue;
      waiting.open -= 1;
      if (waiting.open === 0) free.push(waiting);
    }
  }
}

/** Every remaining step needs another remaining step, so the walk must return to a step that it has seen. */
function walkCircle(start: Knot): readonly Knot[] {
  const walked: Knot[] = [];
  const seen = new Set<Knot>();
  let at: Knot | undefined = start;
  while (at !== undefined && !seen.has(at)) {
    walked.push(at);
    seen.add(at);
    at = at.needs.find((knot) => knot.left);
  }
  return at === undefined ? walked : walked.slice(walked.indexOf(at));
}

function fromFirstDeclared(circle: readonly Knot[]): Cycle {
  const steps = circle.map(({ step }) => step);
  const orders = steps.map(({ order }) => order);
  const at = orders.indexOf(Math.min(...orders));
  return [...steps.slice(at), ...steps.slice(0, at)];
}
