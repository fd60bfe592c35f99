import type { Step, WorkflowDefinition } from "../definition/schema.js";
import { enterOf } from "./graph.js";
import { bodyScopes } from "./scopes.js";

/** A declared step with its place in the tree of scopes. */
export interface OutlineStep {
  /** Null for a map's only `step`, which has no id of its own. */
  readonly id: string | null;
  /** Template id of the node that ends it: an action's own node, a container's exit. */
  readonly template: string;
  /** Template id of the node that begins it. */
  readonly enter: string;
  readonly step: Step;
  readonly pointer: string;
  /** Position in order of declaration. */
  readonly order: number;
  readonly scope: OutlineScope;
  /** The scopes inside it; for a map with a single `step`, one that holds it. */
  readonly bodies: readonly OutlineScope[];
}

export interface OutlineScope {
  readonly key: string;
  /** The container that holds it, or null at the top. */
  readonly owner: OutlineStep | null;
  readonly steps: readonly OutlineStep[];
  readonly byId: ReadonlyMap<string, OutlineStep>;
  /** The innermost map around it, or null. */
  readonly map: OutlineStep | null;
  /** Containers around it. */
  readonly depth: number;
}

export interface Outline {
  readonly definition: WorkflowDefinition;
  readonly top: OutlineScope;
  /** Every step in order of declaration. */
  readonly steps: readonly OutlineStep[];
  readonly byTemplate: ReadonlyMap<string, OutlineStep>;
}

/** The tree of scopes of a definition. */
export function outlineOf(definition: WorkflowDefinition): Outline {
  const steps: OutlineStep[] = [];
  const top = buildScope({ key: "", owner: null, prefix: "", pointer: "/steps" }, definition.steps, steps);
  return { definition, top, steps, byTemplate: new Map(steps.map((step) => [step.template, step])) };
}

interface ScopePlace {
  readonly key: string;
  readonly owner: OutlineStep | null;
  /** What the template ids of its steps begin with. */
  readonly prefix: string;
  readonly pointer: string;
}

type MutableScope = OutlineScope & { readonly steps: OutlineStep[]; readonly byId: Map<string, OutlineStep> };

function buildScope(place: ScopePlace, steps: Readonly<Record<string, Step>>, all: OutlineStep[]): OutlineScope {
  const scope = emptyScope(place);
  for (const [id, step] of Object.entries(steps)) {
    const built = buildStep({ id, template: place.prefix + id, pointer: `${place.pointer}/${id}`, step, scope }, all);
    scope.steps.push(built);
    scope.byId.set(id, built);
  }
  return scope;
}

function emptyScope({ key, owner }: ScopePlace): MutableScope {
  const map = owner?.step.type === "map" ? owner : (owner?.scope.map ?? null);
  return { key, owner, map, depth: owner === null ? 0 : owner.scope.depth + 1, steps: [], byId: new Map() };
}

function buildStep(
  place: Pick<OutlineStep, "id" | "template" | "pointer" | "step" | "scope">,
  all: OutlineStep[],
): OutlineStep {
  const bodies: OutlineScope[] = [];
  const enter = place.step.type === "action" ? place.template : enterOf(place.template);
  const built: OutlineStep = { ...place, enter, order: all.length, bodies };
  all.push(built);
  const { step, template, pointer } = built;
  if (step.type === "map" && step.step !== undefined) bodies.push(singleScope(built, step.step, all));
  for (const { key, steps, pointer: below } of bodyScopes(step)) {
    const prefix = `${template}${step.type === "map" ? ".*" : ""}${key === "" ? "" : `.${key}`}.`;
    bodies.push(buildScope({ key, owner: built, prefix, pointer: pointer + below }, steps, all));
  }
  return built;
}

function singleScope(owner: OutlineStep, step: Step, all: OutlineStep[]): OutlineScope {
  const scope = emptyScope({ key: "", owner, prefix: "", pointer: "" });
  const place = { id: null, template: `${owner.template}.*`, pointer: `${owner.pointer}/step` };
  scope.steps.push(buildStep({ ...place, step, scope }, all));
  return scope;
}

/** The step itself and the containers around it, innermost first. */
export function chainOf(step: OutlineStep): readonly OutlineStep[] {
  const chain: OutlineStep[] = [];
  for (let at: OutlineStep | null = step; at !== null; at = at.scope.owner) chain.push(at);
  return chain;
}

/** What one prints: the declared id, or for a map's only step the map's with `[]`. */
export function displayName(step: OutlineStep): string {
  return step.id ?? `${step.scope.owner === null ? "" : displayName(step.scope.owner)}[]`;
}
