import { baseRoots, type Names } from "../expression/names.js";
import type { Kind, KindLanguage } from "../kinds/kind.js";
import { displayName, type Outline, type OutlineScope, type OutlineStep } from "./outline.js";

/** The location of an expression: a step, or null for the run's `output`. */
export interface ExpressionSite {
  readonly step: OutlineStep | null;
  /** Additional names: `result` in a step's `output`. */
  readonly extraRoots?: readonly string[];
}

/** Lookups shared by all expressions of one definition. */
export interface NameIndex {
  readonly outline: Outline;
  readonly vars: ReadonlySet<string>;
  readonly byId: ReadonlyMap<string, OutlineStep>;
  /** Ids of steps removed for their own problems. References to them are valid. */
  readonly brokenIds: ReadonlySet<string>;
}

export function indexNames(outline: Outline, brokenIds: ReadonlySet<string>): NameIndex {
  const byId = new Map<string, OutlineStep>();
  for (const step of outline.steps) if (step.id !== null && !byId.has(step.id)) byId.set(step.id, step);
  return { outline, vars: new Set(Object.keys(outline.definition.vars)), byId, brokenIds };
}

/** Finds a step by id in the own or an enclosing scope. A step sees neither itself nor its own containers. */
export function findVisible(outline: Outline, from: OutlineStep | null, id: string): OutlineStep | null {
  let self = from;
  let scope: OutlineScope | null = from === null ? outline.top : from.scope;
  while (scope !== null) {
    const found = scope.byId.get(id);
    if (found !== undefined && found !== self) return found;
    self = scope.owner;
    scope = self?.scope ?? null;
  }
  return null;
}

/** All visible steps in declaration order. */
export function* visibleFrom(outline: Outline, from: OutlineStep | null): Generator<OutlineStep> {
  for (const step of visibleIn(from === null ? outline.top : from.scope)) if (step !== from) yield step;
}

const visibleByScope = new WeakMap<OutlineScope, readonly OutlineStep[]>();

/** The steps visible in a scope, cached because thousands of steps can ask. Callers exclude themselves. */
function visibleIn(scope: OutlineScope): readonly OutlineStep[] {
  const known = visibleByScope.get(scope);
  if (known !== undefined) return known;
  const { owner } = scope;
  const outer = owner === null ? [] : visibleIn(owner.scope).filter((step) => step !== owner);
  const visible = [...outer, ...scope.byId.values()].sort((left, right) => left.order - right.order);
  visibleByScope.set(scope, visible);
  return visible;
}

/** The names that an expression can use at its site. */
export function namesAt(index: NameIndex, { step, extraRoots = [] }: ExpressionSite): Names {
  const { outline, brokenIds } = index;
  return {
    roots: new Set([...baseRoots, ...repeatedNames(step?.scope.repeated?.kind), ...extraRoots]),
    vars: index.vars,
    isStep: (id) => findVisible(outline, step, id) !== null || brokenIds.has(id),
    stepIds: () => idsOf(visibleFrom(outline, step)),
    explain: (name) => explain(index, step, name),
  };
}

/** Additional names in a repeated body: `item` and `index` in a map. */
function repeatedNames(kind: Kind | undefined): readonly string[] {
  return (kind?.shape === "container" ? kind.repetition?.names : undefined) ?? [];
}

function* idsOf(steps: Iterable<OutlineStep>): Generator<string> {
  for (const { id } of steps) if (id !== null) yield id;
}

function explain({ byId, outline }: NameIndex, from: OutlineStep | null, name: string): ReturnType<Names["explain"]> {
  const outside = explainRoot(outline.language, name);
  if (outside !== null) return { code: "out_of_scope", message: outside };
  const enclosing = from === null ? null : enclosingOf(from, name);
  if (enclosing === from && from !== null)
    return { code: "cycle", message: `step "${name}" depends on itself: ${name} -> ${name}` };
  if (enclosing !== null)
    return {
      code: "cycle",
      message: `steps inside "${name}" depend on it, but it ends only after them: ${name} -> ${name}`,
    };
  const elsewhere = byId.get(name);
  return elsewhere === undefined ? null : { code: "out_of_scope", message: outOfScope(elsewhere) };
}

function enclosingOf(from: OutlineStep, name: string): OutlineStep | null {
  for (let at: OutlineStep | null = from; at !== null; at = at.scope.owner) if (at.id === name) return at;
  return null;
}

function outOfScope(step: OutlineStep): string {
  const { owner } = step.scope;
  const container = owner === null ? "another scope" : `"${displayName(owner)}"`;
  const way = owner === null ? "" : `; use the container's result instead: ${displayName(owner)}.result.results`;
  return `step "${displayName(step)}" is inside ${container} and is not visible from here${way}`;
}

function explainRoot({ kinds }: KindLanguage, name: string): string | null {
  const repeated = Object.entries(kinds).find(([, kind]) => repeatedNames(kind).includes(name));
  return repeated === undefined
    ? (namesElsewhere.get(name) ?? null)
    : `"${name}" is available only inside a ${repeated[0]}`;
}

/** A map, because an author may write a name that every object inherits, such as "constructor". */
const namesElsewhere: ReadonlyMap<string, string> = new Map([
  [
    "result",
    '"result" is available only in a step\'s `output`; for the result of another step write its id: step.result',
  ],
  ["iteration", '"iteration" is available only inside a loop'],
  ["last", '"last" is available only inside a loop'],
  ["error", '"error" is available only in `catch`'],
]);
