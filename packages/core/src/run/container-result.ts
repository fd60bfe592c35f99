/**
 * Assembles a container's result when it is read. The container itself stores only counts.
 *
 * CR1 Sizes are checked before results are loaded. What would exceed `maxBytes` is not loaded.
 * CR2 A settled container with an `output` has a stored result, which is returned as is.
 */
import { type RunId, SerializedError } from "@batonrun/contract";
import { type Container, type Graph, instanceOf, type Scope, templateOf } from "../graph/graph.js";
import { type InstanceResult, resultsById } from "../kinds/instance-result.js";
import type { InstanceResults } from "../kinds/kind.js";
import type { InstanceReader, StoredStep } from "./stored.js";

/** A container's result, or that it exceeds the byte limit. */
export type AssembledResult =
  | { readonly kind: "assembled"; readonly value: unknown; readonly bytes: number }
  | { readonly kind: "too_large" };

/** Byte limit for one evaluation. */
export const MAX_ASSEMBLED_BYTES = 16 * 1024 * 1024;

export interface ContainerResultQuery {
  readonly runId: RunId;
  readonly graph: Graph;
  /** Instance id of the container (its exit), or of a map item with several steps (`chunks.3`). */
  readonly container: string;
  readonly maxBytes: number;
}

/**
 * The result of a container. Round trips: two or three per 200 instances, and one per container for its counters.
 * @example await assembleContainerResult({ reader }, { runId, graph, container: "chunks", maxBytes: MAX_ASSEMBLED_BYTES })
 */
export async function assembleContainerResult(
  { reader }: { readonly reader: InstanceReader },
  { runId, graph, container, maxBytes }: ContainerResultQuery,
): Promise<AssembledResult> {
  const budget = { leftBytes: maxBytes };
  try {
    const value = await readResult({ reader, runId, graph, budget }, container);
    return { kind: "assembled", value, bytes: maxBytes - budget.leftBytes };
  } catch (error) {
    if (error instanceof BudgetSpent) return { kind: "too_large" };
    throw error;
  }
}

/** Stops the assembly at any depth. Never leaves this file. */
class BudgetSpent extends Error {}

interface Assembly {
  readonly reader: InstanceReader;
  readonly runId: RunId;
  readonly graph: Graph;
  readonly budget: { leftBytes: number };
}

async function readResult(assembly: Assembly, instance: string): Promise<unknown> {
  const at = templateOf(assembly.graph, instance);
  const container = at && assembly.graph.containers.get(at.template);
  if (!at || !container) return readItem(assembly, instance);
  const [own] = container.step.output === undefined ? [] : await readStored(assembly, [instance]);
  if (own?.result !== undefined) return JSON.parse(own.result);
  return await container.kind.result(instanceResults(assembly, { container, instance, indexes: at.indexes }));
}

interface ContainerInstance {
  readonly container: Container;
  readonly instance: string;
  readonly indexes: readonly number[];
}

/** The loader that a kind uses to build its result. */
function instanceResults(assembly: Assembly, of: ContainerInstance): InstanceResults {
  const { container, instance, indexes } = of;
  return {
    takenScope: async () => (await readCounters(assembly, instance))?.case ?? "",
    ofScope: (key) =>
      readScope(
        assembly,
        container.scopes.find((scope) => scope.key === key),
        indexes,
      ),
    ofItems: () => readItems(assembly, of),
  };
}

async function readScope(
  assembly: Assembly,
  scope: Scope | undefined,
  indexes: readonly number[],
): Promise<ReadonlyMap<string, InstanceResult>> {
  const templates = scope?.steps ?? [];
  const ended = await readInstances(
    assembly,
    templates.map((template) => instanceOf(template, indexes)),
  );
  return new Map(ended.map((result, index) => [declaredId(templates[index] ?? ""), result]));
}

async function readItems(assembly: Assembly, of: ContainerInstance): Promise<readonly InstanceResult[]> {
  const total = (await readCounters(assembly, of.instance))?.total ?? 0;
  const items = Array.from({ length: total }, (_, index) => `${of.instance}.${index}`);
  return of.container.single ? readInstances(assembly, items) : readManyStepItems(assembly, of, items);
}

/** Items with several steps: each result holds those of its leaves. */
async function readManyStepItems(
  assembly: Assembly,
  { container, indexes }: ContainerInstance,
  items: readonly string[],
): Promise<readonly InstanceResult[]> {
  const leaves = container.scopes[0]?.leaves ?? [];
  const ends = await assembly.reader.steps(assembly.runId, items, 0);
  const completed = ends.flatMap((end, index) => (end.record?.s === "completed" ? [index] : []));
  const instances = completed.flatMap((item) => leaves.map((leaf) => instanceOf(leaf, [...indexes, item])));
  const results = await readInstances(assembly, instances);
  const byItem = new Map(
    completed.map((item, at) => [item, results.slice(at * leaves.length, (at + 1) * leaves.length)]),
  );
  return ends.map((end, item) => {
    const held = byItem.get(item);
    return held === undefined ? withoutResult(end) : { status: "completed", result: namedResults(leaves, held) };
  });
}

/** `chunks.3` is an item with several steps. Any other instance has no result. */
async function readItem(assembly: Assembly, instance: string): Promise<unknown> {
  const place = templateOf(assembly.graph, instance);
  const repeated = place && assembly.graph.containers.get(place.template.slice(0, -".*".length));
  if (!place || !repeated?.repeats) throw new Error(`${instance} is not a container of the graph`);
  const leaves = repeated.scopes[0]?.leaves ?? [];
  return namedResults(
    leaves,
    await readInstances(
      assembly,
      leaves.map((leaf) => instanceOf(leaf, place.indexes)),
    ),
  );
}

function namedResults(templates: readonly string[], ended: readonly InstanceResult[]) {
  return resultsById(new Map(ended.map((result, index) => [declaredId(templates[index] ?? ""), result])));
}

/** How instances ended, with the results of nested containers assembled recursively. */
async function readInstances(assembly: Assembly, instances: readonly string[]): Promise<readonly InstanceResult[]> {
  const ended: InstanceResult[] = [];
  for (const step of await readStored(assembly, instances)) {
    const isCompleted = step.record?.s === "completed" || step.record?.s === "compensated";
    ended.push(
      isCompleted ? { status: "completed", result: await completedValue(assembly, step) } : withoutResult(step),
    );
  }
  return ended;
}

async function completedValue(assembly: Assembly, step: StoredStep): Promise<unknown> {
  if (step.result !== undefined) return JSON.parse(step.result);
  const place = templateOf(assembly.graph, step.instance);
  const isContainer = place !== null && assembly.graph.containers.has(place.template);
  return isContainer ? readResult(assembly, step.instance) : null;
}

/** Loads stored steps with their results and charges the budget. */
async function readStored(
  { reader, runId, budget }: Assembly,
  instances: readonly string[],
): Promise<readonly StoredStep[]> {
  if (instances.length === 0) return [];
  // 0 would mean to load no results.
  const steps = await reader.steps(runId, instances, Math.max(budget.leftBytes, 1));
  for (const { result, omitted } of steps) {
    budget.leftBytes -= Buffer.byteLength(result ?? "");
    if (omitted || budget.leftBytes < 0) throw new BudgetSpent();
  }
  return steps;
}

async function readCounters({ reader, runId }: Assembly, instance: string) {
  return (await reader.counters(runId, [instance])).get(instance);
}

const unknownError: SerializedError = { type: "action", message: "failed without an error" };

function withoutResult({ record }: StoredStep): InstanceResult {
  if (record?.s !== "failed" && record?.s !== "cancelled") return { status: "skipped" };
  const error = record.x === undefined ? unknownError : SerializedError.parse(JSON.parse(record.x));
  return { status: "failed", error };
}

/** `route.0.check` was declared as `check`. */
function declaredId(template: string): string {
  return template.slice(template.lastIndexOf(".") + 1);
}
