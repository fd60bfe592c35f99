import type { InstanceCounts, StepStatus, StepView } from "@batonrun/contract";
import type { DeclaredStep } from "../graph/declared-steps.js";
import { countsOfItems, countsOfSteps } from "./instance-counts.js";
import { type StepState, stepState, viewState } from "./step-state.js";
import type { ContainerCounters, StoredStep } from "./stored.js";

/** What is stored of a run, as far as its declared steps go. */
export interface RunFacts {
  readonly hasEnded: boolean;
  /** By instance id; containers by their exit and by their enter. */
  readonly stored: ReadonlyMap<string, StoredStep>;
  readonly counters: ReadonlyMap<string, ContainerCounters>;
}

/** Views of declared steps, in the order given: a container must stand before what it holds. No results. */
export function stepViews(declared: readonly DeclaredStep[], facts: RunFacts): readonly StepView[] {
  const states = new Map<string, StepState>();
  for (const step of declared) states.set(step.id, declaredState(step, facts, states));
  const directStatuses = statusesByContainer(declared, states);
  return declared.map((step) => {
    const state = states.get(step.id);
    if (state === undefined) throw new Error(`no state was derived for ${step.id}`);
    const counts = stepCounts(step, state.status, { facts, directStatuses });
    return { ...declaration(step), ...viewState(state), ...(counts !== undefined && { counts }) };
  });
}

/** What the definition says of a step. */
export function declaration({ id, node }: DeclaredStep): Pick<StepView, "id" | "type" | "action" | "name" | "tags"> {
  const { step } = node;
  return {
    id,
    type: step.type,
    ...(step.type === "action" && { action: step.action }),
    ...(step.name !== undefined && { name: step.name }),
    ...(step.tags.length > 0 && { tags: [...step.tags] }),
  };
}

function declaredState(step: DeclaredStep, facts: RunFacts, states: ReadonlyMap<string, StepState>): StepState {
  const { place, container } = step;
  const outer = place && states.get(place.container.id);
  if (place && outer && isTemplate(step)) return templateState(outer);
  const around =
    place && outer
      ? { state: outer, kind: place.container.kind, counters: facts.counters.get(place.container.id), key: place.key }
      : null;
  const enter = container === null ? undefined : facts.stored.get(container.enter);
  return stepState({ end: facts.stored.get(step.id), enter }, around, facts.hasEnded);
}

function isTemplate(step: DeclaredStep): boolean {
  return step.id.includes("*");
}

/** The one entry that stands for all instances of a map's body goes as the map goes. */
function templateState({ status, reason }: StepState): StepState {
  const isSkipped = status === "skipped" && reason !== undefined;
  return {
    status,
    ...(isSkipped && { reason: "container_skipped" as const }),
    times: {},
    attempts: 0,
    generation: 0,
    degraded: false,
  };
}

type StatusesByContainer = ReadonlyMap<string, readonly StepStatus[]>;

function statusesByContainer(
  declared: readonly DeclaredStep[],
  states: ReadonlyMap<string, StepState>,
): StatusesByContainer {
  const statuses = new Map<string, StepStatus[]>();
  for (const { id, place } of declared) {
    const state = states.get(id);
    if (place === null || state === undefined) continue;
    const direct = statuses.get(place.container.id) ?? [];
    statuses.set(place.container.id, direct);
    direct.push(state.status);
  }
  return statuses;
}

function stepCounts(
  step: DeclaredStep,
  status: StepStatus,
  known: { readonly facts: RunFacts; readonly directStatuses: StatusesByContainer },
): InstanceCounts | undefined {
  // Inside a map there is one entry for all instances: nothing was counted for it.
  if (step.container === null || isTemplate(step)) return undefined;
  if (step.container.kind === "map") return countsOfItems(known.facts.counters.get(step.id), status);
  return countsOfSteps(known.directStatuses.get(step.id) ?? []);
}
