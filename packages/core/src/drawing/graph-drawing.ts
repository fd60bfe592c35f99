import type { DrawnEdge, DrawnStep, GraphDrawing, InstanceCounts, StepStatus } from "@batonrun/contract";
import { type DeclaredStep, declaredSteps } from "../graph/declared-steps.js";
import type { Graph } from "../graph/graph.js";

export type { DrawnEdge, DrawnStep, GraphDrawing };

/** What is known of a step of a run. */
export interface DrawnState {
  readonly id: string;
  readonly status: StepStatus;
  readonly counts?: InstanceCounts | undefined;
}

/** The drawing of a graph, with the states of a run's steps where they are given. */
export function graphDrawing(graph: Graph, states: readonly DrawnState[] = []): GraphDrawing {
  const stateOf = new Map(states.map((state) => [state.id, state]));
  const steps = declaredSteps(graph);
  return {
    workflow: graph.definition.name,
    version: graph.definition.version,
    nodes: steps.map((step) => drawnStep(step, stateOf.get(step.id))),
    edges: steps.flatMap((step) => edgesTo(graph, step)),
  };
}

function drawnStep({ id, node, place }: DeclaredStep, state: DrawnState | undefined): DrawnStep {
  const { step } = node;
  const key = place?.key ?? "";
  return {
    id,
    label: step.name ?? shortName(id),
    type: step.type,
    ...(step.type === "action" && { action: step.action }),
    parent: place === null ? null : place.container.id,
    ...(key !== "" && { case: key }),
    ...(state !== undefined && { status: state.status }),
    ...(state?.counts !== undefined && { counts: state.counts }),
  };
}

/** The last part of an id that is a name: of `chunks.*.extract` `extract`, of `chunks.*` the item itself. */
function shortName(id: string): string {
  const last = id.slice(id.lastIndexOf(".") + 1);
  return last === "*" ? "each item" : last;
}

/** A container waits with its enter; the steps that a step waits for stand beside it. */
function edgesTo(graph: Graph, step: DeclaredStep): readonly DrawnEdge[] {
  const start = step.container === null ? step.node : graph.nodes.get(step.container.enter);
  const beside = step.place?.container.scopes.find(({ key }) => key === step.place?.key) ?? graph.top;
  const siblings = new Set(beside.steps);
  return (start?.dependencies ?? []).filter((id) => siblings.has(id)).map((from) => ({ from, to: step.id }));
}
