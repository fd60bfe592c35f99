/** The instances of a run, their enclosing containers, and their states. */
import { BatonError, InstanceId, type RunId, type StepView } from "@batonrun/contract";
import { type Container, containerOf, declaredStep, type Graph, instanceOf, templateOf } from "../graph/graph.js";
import { chainOf, type OutlineStep } from "../graph/outline.js";
import { type GraphCache, loadGraph } from "../plan/graph-cache.js";
import type { RunReader } from "../ports/run-reader.js";
import { countsOfItems, countsOfSteps } from "../run/instance-counts.js";
import { type EnclosingContainer, type StepState, stepState, viewState } from "../run/step-state.js";
import { declaration } from "../run/step-views.js";
import type { ContainerCounters, StoredStep } from "../run/stored.js";
import { isTerminalRunStatus } from "../run/transitions.js";
import { requireRun } from "./require-run.js";

export interface OpenRun {
  readonly reader: RunReader;
  readonly runId: RunId;
  readonly graph: Graph;
  readonly hasEnded: boolean;
}

/** An instance that exists, or will exist once its container is entered. */
export interface InstanceRef {
  readonly instance: string;
  readonly indexes: readonly number[];
  /** Null for an item with several steps (`chunks.3`). */
  readonly declared: OutlineStep | null;
  readonly enclosing: EnclosingContainer | null;
}

/** Instances by position. Those of a repeated body are created only when they are read. */
export interface InstanceList {
  readonly length: number;
  slice(from: number, to: number): readonly InstanceRef[];
}

export async function openInstances(
  { reader, graphs }: { readonly reader: RunReader; readonly graphs: GraphCache },
  runId: RunId,
): Promise<OpenRun> {
  const run = await requireRun({ reader }, runId);
  return { reader, runId, graph: await loadGraph({ graphs }, run), hasEnded: isTerminalRunStatus(run.status) };
}

/** The direct instances of a container or an item. Null: the steps of the top scope. */
export async function instancesOf(run: OpenRun, parent: string | null): Promise<InstanceList> {
  if (parent === null) return topSteps(run);
  const { template, indexes } = parsed(run, parent);
  const node = run.graph.nodes.get(template);
  const isItem = node?.role === "item";
  const id = (isItem ? node.container : null) ?? template;
  const container = run.graph.containers.get(id);
  if (container === undefined) throw notFound(run, parent, "is not a container");
  const enclosing = await enclosingContainer(run, { id, indexes });
  if (container.repeats && !isItem) return items(run, { id, indexes, enclosing });
  return stepsOf(run.graph, container).map((declared) => ({
    instance: instanceOf(declared.template, indexes),
    indexes,
    declared,
    enclosing: inScope(enclosing, declared),
  }));
}

/** Finds one instance. Throws `step_not_found` if the run has no instance with this id. */
export async function findInstance(run: OpenRun, instance: string): Promise<InstanceRef> {
  const { template, indexes } = parsed(run, instance);
  const node = run.graph.nodes.get(template);
  const declared = declaredStep(run.graph, template);
  if (node === undefined || node.container === null || node.role === "enter") {
    if (declared === null) throw notFound(run, instance, "is not a step");
    return { instance, indexes, declared, enclosing: null };
  }
  const enclosing = await enclosingContainer(run, { id: node.container, indexes });
  return { instance, indexes, declared, enclosing: { ...enclosing, key: declared?.scope.key ?? "" } };
}

/** Views of up to 200 instances, without results. Three round trips. */
export async function viewsOf(run: OpenRun, refs: readonly InstanceRef[]): Promise<readonly StepView[]> {
  const facts = await readFacts(run, refs);
  return refs.map((ref) => {
    const state = instanceState(run, ref, facts);
    const counts = countsOf(run, ref, { facts, state });
    const declared = ref.declared === null ? { type: "item" } : declaration(ref.declared);
    return { ...declared, id: ref.instance, ...viewState(state), ...(counts !== undefined && { counts }) };
  });
}

function topSteps({ graph }: OpenRun): readonly InstanceRef[] {
  return graph.outline.top.steps.map((declared) => ({
    instance: declared.template,
    indexes: [],
    declared,
    enclosing: null,
  }));
}

/** The steps directly in a container, from all its scopes in order. */
function stepsOf(graph: Graph, { id }: Container): readonly OutlineStep[] {
  return (declaredStep(graph, id)?.bodies ?? []).flatMap(({ steps }) => steps);
}

function items(
  run: OpenRun,
  map: { readonly id: string; readonly indexes: readonly number[]; readonly enclosing: EnclosingContainer },
): InstanceList {
  const declared = declaredStep(run.graph, `${map.id}.*`);
  const length = map.enclosing.counters?.total ?? 0;
  const ref = (index: number): InstanceRef => {
    const indexes = [...map.indexes, index];
    return { instance: instanceOf(`${map.id}.*`, indexes), indexes, declared, enclosing: map.enclosing };
  };
  return {
    length,
    slice: (from, to) => Array.from({ length: Math.max(0, Math.min(to, length) - from) }, (_, at) => ref(from + at)),
  };
}

function parsed(run: OpenRun, instance: string) {
  const ref = InstanceId.safeParse(instance).success ? templateOf(run.graph, instance) : null;
  if (ref === null) throw notFound(run, instance, "is not a step");
  return ref;
}

function notFound({ runId }: OpenRun, instance: string, what: string): BatonError {
  return new BatonError("step_not_found", `"${instance}" ${what} of this run.`, { details: { run: runId, instance } });
}

/** The states of a container and its enclosing containers, from the outside in. Two round trips. */
async function enclosingContainer(
  run: OpenRun,
  { id, indexes }: { readonly id: string; readonly indexes: readonly number[] },
): Promise<EnclosingContainer> {
  const container = declaredStep(run.graph, id);
  const chain = container === null ? [] : [...chainOf(container)].reverse();
  const facts = await readStored(
    run,
    chain.map((declared) => ({ declared, instance: instanceOf(declared.template, indexes), indexes })),
  );
  let enclosing: EnclosingContainer | null = null;
  for (const declared of chain) {
    const instance = instanceOf(declared.template, indexes);
    const outer: EnclosingContainer | null = enclosing === null ? null : inScope(enclosing, declared);
    const counters = facts.counters.get(instance);
    const index = indexes[levelOf(declared.template)];
    const repeats = containerOf(run.graph, declared)?.repeats === true;
    if (repeats && index !== undefined && index >= (counters?.total ?? 0)) {
      throw notFound(run, `${instance}.${index}`, "is not an item");
    }
    enclosing = {
      state: instanceState(run, { instance, indexes, declared, enclosing: outer }, facts),
      counters,
      key: "",
    };
  }
  if (enclosing === null) throw new Error(`${id} is not a container of the graph`);
  return enclosing;
}

function inScope(enclosing: EnclosingContainer, declared: OutlineStep): EnclosingContainer {
  return { ...enclosing, key: declared.scope.key };
}

/** The number of maps that enclose a template. */
function levelOf(template: string): number {
  return template.split("*").length - 1;
}

interface InstanceFacts {
  readonly stored: ReadonlyMap<string, StoredStep>;
  readonly counters: ReadonlyMap<string, ContainerCounters>;
}

type InstanceIds = Pick<InstanceRef, "instance" | "declared" | "indexes">;

/** Includes the direct steps of containers, because their counts are computed from them. */
function readFacts(run: OpenRun, refs: readonly InstanceRef[]): Promise<InstanceFacts> {
  return readStored(run, [...refs, ...refs.flatMap((ref) => countedSteps(run, ref))]);
}

function countedSteps(
  { graph }: OpenRun,
  { declared, indexes }: InstanceIds,
): readonly (InstanceIds & { readonly declared: OutlineStep })[] {
  const container = declared && containerOf(graph, declared);
  if (!container || container.repeats) return [];
  return stepsOf(graph, container).map((step) => ({
    instance: instanceOf(step.template, indexes),
    indexes,
    declared: step,
  }));
}

async function readStored({ reader, runId }: OpenRun, refs: readonly InstanceIds[]): Promise<InstanceFacts> {
  const containers = refs.filter(({ declared }) => declared?.kind.shape === "container");
  const enters = containers.map((ref) => enterOf(ref) ?? "");
  const [steps, counters] = await Promise.all([
    reader.steps(runId, [...refs.map(({ instance }) => instance), ...enters], 0),
    reader.counters(
      runId,
      containers.map(({ instance }) => instance),
    ),
  ]);
  return { stored: new Map(steps.map((step) => [step.instance, step])), counters };
}

function enterOf({ declared, indexes }: InstanceIds): string | undefined {
  return declared?.kind.shape === "container" ? instanceOf(declared.enter, indexes) : undefined;
}

function instanceState(run: OpenRun, ref: InstanceRef, { stored }: InstanceFacts): StepState {
  const enter = stored.get(enterOf(ref) ?? "");
  const state = stepState({ end: stored.get(ref.instance), enter }, ref.enclosing, run.hasEnded);
  const index = ref.indexes.at(-1) ?? 0;
  // For an item with several steps, only the end is stored. It is running once the map has started it.
  const wasHandedOut = ref.declared === null && index < (ref.enclosing?.counters?.entered ?? 0);
  return state.status === "pending" && wasHandedOut ? { ...state, status: "running" } : state;
}

function countsOf(run: OpenRun, ref: InstanceRef, known: { readonly facts: InstanceFacts; readonly state: StepState }) {
  const container = ref.declared && containerOf(run.graph, ref.declared);
  if (!container) return undefined;
  const { facts, state } = known;
  const counters = facts.counters.get(ref.instance);
  if (container.repeats) return countsOfItems(counters, state.status);
  const statuses = countedSteps(run, ref).map((step) => {
    const enclosing = { state, counters, key: step.declared.scope.key };
    return instanceState(run, { ...step, enclosing }, facts).status;
  });
  return countsOfSteps(statuses);
}
