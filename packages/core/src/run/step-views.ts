import type { InstanceCounts, StepStatus, StepView } from "@batonrun/contract";
import type { Container, Graph } from "../graph/graph.js";
import type { OutlineStep } from "../graph/outline.js";
import { countsOfItems, countsOfSteps } from "./instance-counts.js";
import { type StepState, stepState, unknownFields, viewState } from "./step-state.js";
import type { ContainerCounters, StoredStep } from "./stored.js";

/** The stored data of a run that its declared steps need. */
export interface RunFacts {
  readonly hasEnded: boolean;
  /** By instance id. Containers have an entry for their exit and one for their enter. */
  readonly stored: ReadonlyMap<string, StoredStep>;
  readonly counters: ReadonlyMap<string, ContainerCounters>;
}

/** Views of the declared steps in declaration order, a container before its contents. Without results. */
export function stepViews({ outline, containers }: Graph, facts: RunFacts): readonly StepView[] {
  const states = new Map<string, StepState>();
  for (const step of outline.steps) states.set(step.template, declaredState(step, facts, states));
  const directStatuses = statusesByContainer(outline.steps, states);
  return outline.steps.map((step) => {
    const state = states.get(step.template);
    if (state === undefined) throw new Error(`no state was derived for ${step.template}`);
    const container = containers.get(step.template) ?? null;
    const counts = stepCounts({ step, container }, state.status, { facts, directStatuses });
    return { ...declaration(step), ...viewState(state), ...(counts !== undefined && { counts }) };
  });
}

/** The part of a step's view that comes from the definition. */
export function declaration({
  template,
  step,
  kind,
}: OutlineStep): Pick<StepView, "id" | "type" | "action" | "name" | "tags"> {
  return {
    id: template,
    type: step.type,
    ...kind.notes(step),
    ...(step.name !== undefined && { name: step.name }),
    ...(step.tags.length > 0 && { tags: [...step.tags] }),
  };
}

function declaredState(step: OutlineStep, facts: RunFacts, states: ReadonlyMap<string, StepState>): StepState {
  const { template, kind, scope, enter } = step;
  const { owner, key } = scope;
  const outer = owner && states.get(owner.template);
  if (owner && outer && isTemplate(step)) return templateState(outer);
  const enclosing = owner && outer ? { state: outer, counters: facts.counters.get(owner.template), key } : null;
  const entered = kind.shape === "container" ? facts.stored.get(enter) : undefined;
  return stepState({ end: facts.stored.get(template), enter: entered }, enclosing, facts.hasEnded);
}

function isTemplate({ template }: OutlineStep): boolean {
  return template.includes("*");
}

/** The state of the one entry for all instances of a map's body follows the map. */
function templateState({ status }: StepState): StepState {
  if (status === "skipped") return { ...unknownFields, status, reason: "container_skipped" };
  return { ...unknownFields, status };
}

type StatusesByContainer = ReadonlyMap<string, readonly StepStatus[]>;

function statusesByContainer(
  declared: readonly OutlineStep[],
  states: ReadonlyMap<string, StepState>,
): StatusesByContainer {
  const statuses = new Map<string, StepStatus[]>();
  for (const { template, scope } of declared) {
    const state = states.get(template);
    if (scope.owner === null || state === undefined) continue;
    const direct = statuses.get(scope.owner.template) ?? [];
    statuses.set(scope.owner.template, direct);
    direct.push(state.status);
  }
  return statuses;
}

function stepCounts(
  { step, container }: { readonly step: OutlineStep; readonly container: Container | null },
  status: StepStatus,
  known: { readonly facts: RunFacts; readonly directStatuses: StatusesByContainer },
): InstanceCounts | undefined {
  // A repeated body has one entry for all instances, so there are no counts for it.
  if (container === null || isTemplate(step)) return undefined;
  if (container.repeats) return countsOfItems(known.facts.counters.get(container.id), status);
  return countsOfSteps(known.directStatuses.get(container.id) ?? []);
}
