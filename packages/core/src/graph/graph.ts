import type { WorkflowDefinition } from "../definition/language.js";
import type { Step } from "../definition/step.js";
import type { ContainerKind, Kind, KindLanguage } from "../kinds/kind.js";
import type { Outline, OutlineStep } from "./outline.js";

/** Version of node naming and counting. A worker only runs formats that it knows. */
export const GRAPH_FORMAT = 1;

/**
 * A node of the compiled graph. Its id is a template with `*` for every index level (`chunks.*.extract`).
 * - `step`: a leaf step.
 * - `enter` and `exit`: the two ends of a container step (`chunks._enter`, `chunks`).
 * - `item`: joins the steps of one item, if the repeated body has several steps (`chunks.*`).
 * @example A map `chunks` over the result of `split`, with `steps: { extract, score }` where `score` reads `extract`:
 * split -> chunks._enter; chunks.*.extract -> chunks.*.score -> chunks.*; and `chunks`, the exit, without dependencies.
 * No edge enters or leaves an item: its roots are started by the enter, and its end is counted toward the exit.
 */
export interface GraphNode {
  readonly id: string;
  readonly role: "step" | "enter" | "exit" | "item";
  /** The declared step. Enter, exit, and item nodes have their container's. */
  readonly step: Step;
  readonly kind: Kind;
  /** JSON Pointer of the declared step in the definition. */
  readonly pointer: string;
  /** The container that directly contains the node (template id of its exit), or null at the top level. */
  readonly container: string | null;
  /**
   * Nodes that must be settled first, at the same index levels: no edge crosses into or out of a map's items.
   * An `exit` depends on the leaves of its scope if its enter always runs that scope (`ContainerKind.entersAll`).
   * Otherwise it has none, because its enter decides how many instances arrive.
   */
  readonly dependencies: readonly string[];
  /**
   * The reverse of `dependencies`, plus edges from the leaves of an optional scope (a case) to the exit. The last node of
   * an item has none: its container counts it.
   */
  readonly dependents: readonly string[];
  /** Dependencies whose `.status` the step's `if` reads. If they are skipped, this node still runs. */
  readonly statusOf: readonly string[];
  /** What to load before the node's expressions can be evaluated. */
  readonly inputs: NodeInputs;
}

export interface NodeInputs {
  /** Template ids of the steps that the node's expressions read. Containers are listed by their exit. */
  readonly steps: readonly string[];
  /** Whether the expressions read `input`. */
  readonly input: boolean;
  /** Template id of the repeated container whose current item they read, or null. */
  readonly item: string | null;
}

export interface Container {
  /** Template id of its exit, which is also the container's own id. */
  readonly id: string;
  readonly enter: string;
  readonly step: Step;
  readonly kind: ContainerKind;
  readonly maxParallel: number | null;
  /** In the order that its kind defines. */
  readonly scopes: readonly Scope[];
  /** The body runs once per item, so its instances have an index. */
  readonly repeats: boolean;
  /** The repeated body is a single `step`: an item is that step's own node (`chunks.*`, or its enter and exit). */
  readonly single: boolean;
}

/** The steps of a container, of one of its cases, or of the top level. */
export interface Scope {
  /** The key defined by the container's kind: a case's index, for example. "" at the top and for an only scope. */
  readonly key: string;
  /** The end node of each declared step (leaf or exit), in declaration order. */
  readonly steps: readonly string[];
  /** Nodes without dependencies in the scope (leaf or enter). They are scheduled when the scope is entered. */
  readonly roots: readonly string[];
  /** The subset of `steps` that no other step in the scope depends on. */
  readonly leaves: readonly string[];
}

export interface Graph {
  readonly format: typeof GRAPH_FORMAT;
  readonly language: KindLanguage;
  readonly definition: WorkflowDefinition;
  readonly outline: Outline;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly containers: ReadonlyMap<string, Container>;
  readonly top: Scope;
  /** What the run's `output` reads, or its default (the leaves of the top scope). */
  readonly outputInputs: NodeInputs;
}

/** The instance id of a template: `chunks.*.extract` with [3] is `chunks.3.extract`. */
export function instanceOf(template: string, indexes: readonly number[]): string {
  if (indexes.length === 0) return template;
  let level = 0;
  return template.replaceAll("*", () => String(indexes[level++] ?? "*"));
}

/** The template of an instance, found by walking the graph's ids: `chunks.3.extract` is `chunks.*.extract` with [3]. */
export function templateOf(
  graph: Graph,
  instance: string,
): { readonly template: string; readonly indexes: readonly number[] } | null {
  const indexes: number[] = [];
  let template = "";
  for (const segment of instance.split(".")) {
    const plain = template === "" ? segment : `${template}.${segment}`;
    const isIndex = /^[0-9]+$/.test(segment) && graph.containers.get(template)?.repeats === true;
    if (isIndex) indexes.push(Number(segment));
    template = isIndex ? `${template}.*` : plain;
  }
  return graph.nodes.has(template) ? { template, indexes } : null;
}

/** A declared step by its template id, or null for nodes that only begin or join one (`chunks._enter`, `chunks.*`). */
export function declaredStep(graph: Graph, template: string): OutlineStep | null {
  return graph.outline.byTemplate.get(template) ?? null;
}

/** The container of a declared step, or null for a leaf. */
export function containerOf(graph: Graph, step: OutlineStep): Container | null {
  return graph.containers.get(step.template) ?? null;
}
