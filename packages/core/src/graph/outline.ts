import { kindOf, type WorkflowDefinition } from "../definition/language.js";
import type { Step, Steps } from "../definition/step.js";
import type { ContainerKind, Kind, KindLanguage } from "../kinds/kind.js";

/**
 * A declared step in the tree of scopes.
 * @example In a map `chunks` with `steps: { extract, score }`, `extract` has the id `extract`, the template
 * `chunks.*.extract`, and the pointer `/steps/chunks/steps/extract`. `chunks` itself is entered at `chunks._enter`.
 */
export interface OutlineStep {
  /** Null for a container's single step, which has no id. */
  readonly id: string | null;
  /** Template id of the node that ends the step: a leaf's only node, a container's exit. */
  readonly template: string;
  /** Template id of the node that begins the step. */
  readonly enter: string;
  readonly step: Step;
  readonly kind: Kind;
  readonly pointer: string;
  /** Index in declaration order. */
  readonly order: number;
  readonly scope: OutlineScope;
  /** The scopes inside the step. A single step is in a scope of its own. */
  readonly bodies: readonly OutlineScope[];
}

export interface OutlineScope {
  readonly key: string;
  /** The container of the scope, or null at the top. */
  readonly owner: OutlineStep | null;
  readonly steps: readonly OutlineStep[];
  readonly byId: ReadonlyMap<string, OutlineStep>;
  /** The innermost enclosing container with a repeated body, or null. */
  readonly repeated: OutlineStep | null;
  /** Number of enclosing containers. */
  readonly depth: number;
}

export interface Outline {
  readonly language: KindLanguage;
  readonly definition: WorkflowDefinition;
  readonly top: OutlineScope;
  /** All steps in declaration order, a container before its contents. */
  readonly steps: readonly OutlineStep[];
  readonly byTemplate: ReadonlyMap<string, OutlineStep>;
}

const ENTER = "._enter";

/** The enter node of a container, for templates and instances: `chunks` is entered at `chunks._enter`. */
export function enterOf(container: string): string {
  return `${container}${ENTER}`;
}

/** The reverse of `enterOf`: `chunks._enter` enters `chunks`. */
export function enteredBy(enter: string): string {
  return enter.slice(0, -ENTER.length);
}

/** Builds the tree of scopes of a definition. */
export function outlineOf(definition: WorkflowDefinition, language: KindLanguage): Outline {
  const building: Building = { language, steps: [] };
  const top = buildScope(building, { key: "", owner: null, prefix: "", pointer: "/steps" }, definition.steps);
  const { steps } = building;
  return { language, definition, top, steps, byTemplate: new Map(steps.map((step) => [step.template, step])) };
}

interface Building {
  readonly language: KindLanguage;
  readonly steps: OutlineStep[];
}

interface ScopePosition {
  readonly key: string;
  readonly owner: OutlineStep | null;
  /** Prefix of the template ids of its steps. */
  readonly prefix: string;
  readonly pointer: string;
}

type MutableScope = OutlineScope & { readonly steps: OutlineStep[]; readonly byId: Map<string, OutlineStep> };

function buildScope(building: Building, position: ScopePosition, steps: Steps): OutlineScope {
  const scope = emptyScope(position);
  const { prefix, pointer } = position;
  for (const [id, step] of Object.entries(steps)) {
    const built = buildStep(building, { id, template: prefix + id, pointer: `${pointer}/${id}`, step, scope });
    scope.steps.push(built);
    scope.byId.set(id, built);
  }
  return scope;
}

function emptyScope({ key, owner }: Pick<ScopePosition, "key" | "owner">): MutableScope {
  const repeated = owner !== null && repetitionOf(owner.kind) !== undefined ? owner : (owner?.scope.repeated ?? null);
  return { key, owner, repeated, depth: owner === null ? 0 : owner.scope.depth + 1, steps: [], byId: new Map() };
}

function repetitionOf(kind: Kind): ContainerKind["repetition"] {
  return kind.shape === "container" ? kind.repetition : undefined;
}

function buildStep(
  building: Building,
  position: Pick<OutlineStep, "id" | "template" | "pointer" | "step" | "scope">,
): OutlineStep {
  const kind = kindOf(building.language, position.step);
  const bodies: OutlineScope[] = [];
  const enter = kind.shape === "leaf" ? position.template : enterOf(position.template);
  const built: OutlineStep = { ...position, kind, enter, order: building.steps.length, bodies };
  building.steps.push(built);
  if (kind.shape === "container") bodies.push(...buildBodies(building, built, kind));
  return built;
}

function buildBodies(building: Building, owner: OutlineStep, kind: ContainerKind): readonly OutlineScope[] {
  const { step, template, pointer } = owner;
  const single = kind.single?.(step);
  if (single !== undefined) return [buildSingle(building, owner, single)];
  const inside = kind.repetition === undefined ? template : `${template}.*`;
  return kind.scopes(step).map(({ key, steps, pointer: below }) => {
    const prefix = key === "" ? `${inside}.` : `${inside}.${key}.`;
    return buildScope(building, { key, owner, prefix, pointer: pointer + below }, steps);
  });
}

function buildSingle(building: Building, owner: OutlineStep, step: Step): OutlineScope {
  const scope = emptyScope({ key: "", owner });
  const position = { id: null, template: `${owner.template}.*`, pointer: `${owner.pointer}/step` };
  scope.steps.push(buildStep(building, { ...position, step, scope }));
  return scope;
}

/** The step itself and its enclosing containers, innermost first. */
export function chainOf(step: OutlineStep): readonly OutlineStep[] {
  const chain: OutlineStep[] = [];
  for (let at: OutlineStep | null = step; at !== null; at = at.scope.owner) chain.push(at);
  return chain;
}

/** The name in messages: the declared id, or the container's name with `[]` for its single step. */
export function displayName(step: OutlineStep): string {
  return step.id ?? `${step.scope.owner === null ? "" : displayName(step.scope.owner)}[]`;
}
