import type { WorkflowDefinition } from "../definition/language.js";
import type { Step } from "../definition/step.js";
import type { ContainerKind, Kind, KindLanguage } from "../kinds/kind.js";
import type { Outline, OutlineStep } from "./outline.js";

/** How nodes are named and counted. A worker never runs a format that it does not know. */
export const GRAPH_FORMAT = 1;

/**
 * A node of the compiled graph. Its id is a template: every index level is `*` (`chunks.*.extract`).
 * - `step`: a leaf; - `enter` / `exit`: the two ends of a container step (`chunks._enter`, `chunks`);
 * - `item`: joins the steps of one item of a repeated body of several steps (`chunks.*`).
 */
export interface GraphNode {
  readonly id: string;
  readonly role: "step" | "enter" | "exit" | "item";
  /** The declared step; for enter, exit and item the container's. */
  readonly step: Step;
  readonly kind: Kind;
  /** JSON Pointer of the declared step in the definition. */
  readonly pointer: string;
  /** The container whose scope the node stands in (template id of its exit), or null at the top. For `item` nodes: the container. */
  readonly container: string | null;
  /**
   * Nodes that must be recorded first, within the same index levels (no edge crosses into or out of a map's items).
   * An `exit` has the leaves of its scope where its enter always runs that scope (`ContainerKind.entersAll`); else none: its
   * enter decides how many arrive.
   */
  readonly dependencies: readonly string[];
  /** The reverse of `dependencies`, plus: leaves of a scope that may be chosen -> the exit; `x.*` (an item's last node) -> nothing (the container counts). */
  readonly dependents: readonly string[];
  /** Dependencies whose `.status` the step's `if` mentions: being skipped does not skip this node. */
  readonly statusOf: readonly string[];
  /** What has to be loaded before the node's expressions can be evaluated. */
  readonly inputs: NodeInputs;
}

export interface NodeInputs {
  /** Template ids of the steps that the node's expressions read (own scope and enclosing ones; containers by their exit id). */
  readonly steps: readonly string[];
  /** Reads `input`. */
  readonly input: boolean;
  /** Template id of the repeated container whose current item is read, or null. */
  readonly item: string | null;
}

/** A container step. */
export interface Container {
  /** Template id of its exit, which is the container's own id. */
  readonly id: string;
  readonly enter: string;
  readonly step: Step;
  readonly kind: ContainerKind;
  readonly maxParallel: number | null;
  /** The scopes in order, as its kind gives them. */
  readonly scopes: readonly Scope[];
  /** Its body runs once for each item: its instances have an index. */
  readonly repeats: boolean;
  /** Repeats a single `step`: an item is that step's own node (`chunks.*`, or `chunks.*._enter` … `chunks.*`). */
  readonly single: boolean;
}

/** The steps inside a container (or a case of it), or at the top of the definition. */
export interface Scope {
  /** "" where a container has only one, and at the top; else the key that its kind gives it. */
  readonly key: string;
  /** The node that ends each declared step (action node or exit), in order of declaration. */
  readonly steps: readonly string[];
  /** Nodes without a dependency inside the scope: scheduled when the scope is entered (action or `_enter` nodes). */
  readonly roots: readonly string[];
  /** Of `steps`, those that nobody in the scope depends on. */
  readonly leaves: readonly string[];
}

export interface Graph {
  readonly format: typeof GRAPH_FORMAT;
  readonly language: KindLanguage;
  readonly definition: WorkflowDefinition;
  /** The declared steps in their scopes. */
  readonly outline: Outline;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly containers: ReadonlyMap<string, Container>;
  readonly top: Scope;
  /** What the run's `output` (or its default, the leaves of the top scope) reads. */
  readonly outputInputs: NodeInputs;
}

/** `chunks.*.extract` with [3] is `chunks.3.extract`. */
export function instanceOf(template: string, indexes: readonly number[]): string {
  if (indexes.length === 0) return template;
  let level = 0;
  return template.replaceAll("*", () => String(indexes[level++] ?? "*"));
}

/** The template of an instance, by walking the graph's names: `chunks.3.extract` is `chunks.*.extract` with [3]. */
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

/** A declared step by its template id; null for nodes that only begin or join one (`chunks._enter`, `chunks.*`). */
export function declaredStep(graph: Graph, template: string): OutlineStep | null {
  return graph.outline.byTemplate.get(template) ?? null;
}

/** The container that a declared step is; null for a leaf. */
export function containerOf(graph: Graph, step: OutlineStep): Container | null {
  return graph.containers.get(step.template) ?? null;
}
