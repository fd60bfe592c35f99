/** Instances of a run by their place: which there are, what surrounds them, and how they stand. */
import { BatonError, InstanceId, type RunId, type StepView } from "@batonrun/contract";
import { type Container, containerOf, declaredStep, type Graph, instanceOf, templateOf } from "../graph/graph.js";
import { chainOf, type OutlineStep } from "../graph/outline.js";
import { type GraphCache, loadGraph } from "../plan/graph-cache.js";
import type { RunReader } from "../ports/run-reader.js";
import { countsOfItems, countsOfSteps } from "../run/instance-counts.js";
import { type StepState, type Surroundings, stepState, viewState } from "../run/step-state.js";
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

/** An instance that exists, or will when its container is entered. */
export interface InstancePlace {
  readonly instance: string;
  readonly indexes: readonly number[];
  /** Null for an item of several steps (`chunks.3`). */
  readonly declared: OutlineStep | null;
  readonly around: Surroundings | null;
}

/** Places by number; a map's are made only where they are looked at. */
export interface InstanceList {
  readonly length: number;
  slice(from: number, to: number): readonly InstancePlace[];
}

export async function openInstances(
  { reader, graphs }: { readonly reader: RunReader; readonly graphs: GraphCache },
  runId: RunId,
): Promise<OpenRun> {
  const run = await requireRun({ reader }, runId);
  return { reader, runId, graph: await loadGraph({ graphs }, run), hasEnded: isTerminalRunStatus(run.status) };
}

/** The direct instances of a container or an item; null: the steps of the top scope. */
export async function instancesOf(run: OpenRun, parent: string | null): Promise<InstanceList> {
  if (parent === null) return topSteps(run);
  const { template, indexes } = parsed(run, parent);
  const node = run.graph.nodes.get(template);
  const isItem = node?.role === "item";
  const id = (isItem ? node.container : null) ?? template;
  const container = run.graph.containers.get(id);
  if (container === undefined) throw notFound(run, parent, "is not a container");
  const around = await surroundings(run, { id, indexes });
  if (container.repeats && !isItem) return items(run, { id, indexes, around });
  return stepsOf(run.graph, container).map((declared) => ({
    instance: instanceOf(declared.template, indexes),
    indexes,
    declared,
    around: inScope(around, declared),
  }));
}

/** Where an instance stands; `step_not_found` when the run has none of this name. */
export async function placeOf(run: OpenRun, instance: string): Promise<InstancePlace> {
  const { template, indexes } = parsed(run, instance);
  const node = run.graph.nodes.get(template);
  const declared = declaredStep(run.graph, template);
  if (node === undefined || node.container === null || node.role === "enter") {
    if (declared === null) throw notFound(run, instance, "is not a step");
    return { instance, indexes, declared, around: null };
  }
  const around = await surroundings(run, { id: node.container, indexes });
  return { instance, indexes, declared, around: { ...around, key: declared?.scope.key ?? "" } };
}

/** Views of instances, without results. Three round trips, whatever their number up to 200. */
export async function viewsOf(run: OpenRun, places: readonly InstancePlace[]): Promise<readonly StepView[]> {
  const facts = await readFacts(run, places);
  return places.map((place) => {
    const state = placeState(run, place, facts);
    const counts = placeCounts(run, place, { facts, state });
    const declared = place.declared === null ? { type: "item" } : declaration(place.declared);
    return { ...declared, id: place.instance, ...viewState(state), ...(counts !== undefined && { counts }) };
  });
}

function topSteps({ graph }: OpenRun): readonly InstancePlace[] {
  return graph.outline.top.steps.map((declared) => ({
    instance: declared.template,
    indexes: [],
    declared,
    around: null,
  }));
}

/** The steps declared directly in a container, all scopes in order. */
function stepsOf(graph: Graph, { id }: Container): readonly OutlineStep[] {
  return (declaredStep(graph, id)?.bodies ?? []).flatMap(({ steps }) => steps);
}

function items(
  run: OpenRun,
  map: { readonly id: string; readonly indexes: readonly number[]; readonly around: Surroundings },
): InstanceList {
  const declared = declaredStep(run.graph, `${map.id}.*`);
  const length = map.around.counters?.total ?? 0;
  const place = (index: number): InstancePlace => {
    const indexes = [...map.indexes, index];
    return { instance: instanceOf(`${map.id}.*`, indexes), indexes, declared, around: map.around };
  };
  return {
    length,
    slice: (from, to) => Array.from({ length: Math.max(0, Math.min(to, length) - from) }, (_, at) => place(from + at)),
  };
}

function parsed(run: OpenRun, instance: string) {
  const place = InstanceId.safeParse(instance).success ? templateOf(run.graph, instance) : null;
  if (place === null) throw notFound(run, instance, "is not a step");
  return place;
}

function notFound({ runId }: OpenRun, instance: string, what: string): BatonError {
  return new BatonError("step_not_found", `"${instance}" ${what} of this run.`, { details: { run: runId, instance } });
}

/** The state of a container and of all around it, from the outermost inwards. Two round trips. */
async function surroundings(
  run: OpenRun,
  { id, indexes }: { readonly id: string; readonly indexes: readonly number[] },
): Promise<Surroundings> {
  const container = declaredStep(run.graph, id);
  const chain = container === null ? [] : [...chainOf(container)].reverse();
  const facts = await readStored(
    run,
    chain.map((declared) => ({ declared, instance: instanceOf(declared.template, indexes), indexes })),
  );
  let around: Surroundings | null = null;
  for (const declared of chain) {
    const instance = instanceOf(declared.template, indexes);
    const outer: Surroundings | null = around === null ? null : inScope(around, declared);
    const counters = facts.counters.get(instance);
    const index = indexes[levelOf(declared.template)];
    const repeats = containerOf(run.graph, declared)?.repeats === true;
    if (repeats && index !== undefined && index >= (counters?.total ?? 0)) {
      throw notFound(run, `${instance}.${index}`, "is not among the items");
    }
    around = { state: placeState(run, { instance, indexes, declared, around: outer }, facts), counters, key: "" };
  }
  if (around === null) throw new Error(`${id} is not a container of the graph`);
  return around;
}

function inScope(around: Surroundings, declared: OutlineStep): Surroundings {
  return { ...around, key: declared.scope.key };
}

/** How many maps a template stands in. */
function levelOf(template: string): number {
  return template.split("*").length - 1;
}

interface InstanceFacts {
  readonly stored: ReadonlyMap<string, StoredStep>;
  readonly counters: ReadonlyMap<string, ContainerCounters>;
}

type Placed = Pick<InstancePlace, "instance" | "declared" | "indexes">;

/** With the direct steps of containers: their counts are made of them. */
function readFacts(run: OpenRun, places: readonly InstancePlace[]): Promise<InstanceFacts> {
  return readStored(run, [...places, ...places.flatMap((place) => countedSteps(run, place))]);
}

function countedSteps(
  { graph }: OpenRun,
  { declared, indexes }: Placed,
): readonly (Placed & { readonly declared: OutlineStep })[] {
  const container = declared && containerOf(graph, declared);
  if (!container || container.repeats) return [];
  return stepsOf(graph, container).map((step) => ({
    instance: instanceOf(step.template, indexes),
    indexes,
    declared: step,
  }));
}

async function readStored({ reader, runId }: OpenRun, places: readonly Placed[]): Promise<InstanceFacts> {
  const containers = places.filter(({ declared }) => declared?.kind.shape === "container");
  const enters = containers.map((place) => enterOf(place) ?? "");
  const [steps, counters] = await Promise.all([
    reader.steps(runId, [...places.map(({ instance }) => instance), ...enters], 0),
    reader.counters(
      runId,
      containers.map(({ instance }) => instance),
    ),
  ]);
  return { stored: new Map(steps.map((step) => [step.instance, step])), counters };
}

function enterOf({ declared, indexes }: Placed): string | undefined {
  return declared?.kind.shape === "container" ? instanceOf(declared.enter, indexes) : undefined;
}

function placeState(run: OpenRun, place: InstancePlace, { stored }: InstanceFacts): StepState {
  const enter = stored.get(enterOf(place) ?? "");
  const state = stepState({ end: stored.get(place.instance), enter }, place.around, run.hasEnded);
  const index = place.indexes.at(-1) ?? 0;
  // Only the end of an item of several steps is stored; it is at work from when the map handed it out.
  const wasHandedOut = place.declared === null && index < (place.around?.counters?.entered ?? 0);
  return state.status === "pending" && wasHandedOut ? { ...state, status: "running" } : state;
}

function placeCounts(
  run: OpenRun,
  place: InstancePlace,
  known: { readonly facts: InstanceFacts; readonly state: StepState },
) {
  const container = place.declared && containerOf(run.graph, place.declared);
  if (!container) return undefined;
  const { facts, state } = known;
  const counters = facts.counters.get(place.instance);
  if (container.repeats) return countsOfItems(counters, state.status);
  const statuses = countedSteps(run, place).map((step) => {
    const around = { state, counters, key: step.declared.scope.key };
    return placeState(run, { ...step, around }, facts).status;
  });
  return countsOfSteps(statuses);
}
