import type { DrawnEdge, DrawnStep, GraphDrawing, InstanceCounts, StepStatus } from "@batonrun/contract";
import type { Graph } from "../graph/graph.js";
import type { OutlineStep } from "../graph/outline.js";

export type { DrawnEdge, DrawnStep, GraphDrawing };

/** The known state of a run's step. */
export interface DrawnState {
  readonly id: string;
  readonly status: StepStatus;
  readonly counts?: InstanceCounts | undefined;
}

/** The drawing of a graph, with the states of a run's steps if given. */
export function graphDrawing(graph: Graph, states: readonly DrawnState[] = []): GraphDrawing {
  const stateOf = new Map(states.map((state) => [state.id, state]));
  const { steps } = graph.outline;
  return {
    workflow: graph.definition.name,
    version: graph.definition.version,
    nodes: steps.map((step) => drawnStep(step, stateOf.get(step.template))),
    edges: steps.flatMap((step) => edgesTo(graph, step)),
  };
}

function drawnStep({ template, step, kind, scope }: OutlineStep, state: DrawnState | undefined): DrawnStep {
  return {
    id: template,
    label: step.name ?? shortName(template),
    type: step.type,
    ...kind.notes(step),
    parent: scope.owner?.template ?? null,
    ...(scope.key !== "" && { case: scope.key }),
    ...(state !== undefined && { status: state.status }),
    ...(state?.counts !== undefined && { counts: state.counts }),
  };
}

/** The last part of an id that is a name: `extract` for `chunks.*.extract`. For `chunks.*`, it is the item. */
function shortName(id: string): string {
  const last = id.slice(id.lastIndexOf(".") + 1);
  return last === "*" ? "each item" : last;
}

/** A container's enter waits for steps of the container's own scope. */
function edgesTo(graph: Graph, { template, enter }: OutlineStep): readonly DrawnEdge[] {
  const dependencies = graph.nodes.get(enter)?.dependencies ?? [];
  return dependencies.map((from) => ({ from, to: template }));
}
