import type { Step, WorkflowDefinition } from "../definition/schema.js";

/** How nodes are named and counted. A worker never runs a format that it does not know. */
export const GRAPH_FORMAT = 1;

/**
 * A node of the compiled graph. Its id is a template: every index level is `*` (`chunks.*.extract`).
 * - `step`: an action; - `enter` / `exit`: the two ends of a container step (`chunks._enter`, `chunks`);
 * - `item`: joins the steps of one item of a map whose body is `steps` (`chunks.*`).
 */
export interface GraphNode {
  readonly id: string;
  readonly role: "step" | "enter" | "exit" | "item";
  /** The declared step; for enter, exit and item the container's. */
  readonly step: Step;
  /** JSON Pointer of the declared step in the definition. */
  readonly pointer: string;
  /** The container whose scope the node stands in (template id of its exit), or null at the top. For `item` nodes: the map. */
  readonly container: string | null;
  /**
   * Nodes that must be recorded first, within the same index levels (no edge crosses into or out of a map's items).
   * An `exit` of a parallel has the leaves of its scope; of a map or a conditional none: how many arrive is decided by its enter.
   */
  readonly dependencies: readonly string[];
  /** The reverse of `dependencies`, plus: leaves of a conditional's case -> its exit; `x.*` (the item's last node) -> nothing (the map counts). */
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
  /** Template id of the map whose current `item` is read, or null. */
  readonly item: string | null;
}

/** A container step. */
export interface Container {
  /** Template id of its exit, which is the container's own id. */
  readonly id: string;
  readonly enter: string;
  readonly kind: "parallel" | "map" | "conditional";
  readonly maxParallel: number | null;
  readonly minSuccess: number;
  /** The scopes in order: one for `parallel` and `map`, one a case (keys "0", "1", …, "else") for `conditional`. */
  readonly scopes: readonly Scope[];
  /** A map whose body is one `step`: an item is that step's own node (`chunks.*`, or `chunks.*._enter` … `chunks.*`). */
  readonly single: boolean;
}

/** The steps inside a container (or a case of it), or at the top of the definition. */
export interface Scope {
  /** "" for parallel, map and the top; the case's key for a conditional. */
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
  readonly definition: WorkflowDefinition;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly containers: ReadonlyMap<string, Container>;
  readonly top: Scope;
  /** What the run's `output` (or its default, the leaves of the top scope) reads. */
  readonly outputInputs: NodeInputs;
}

const ENTER = "._enter";

/** The node at which a container begins, as template or instance: `chunks` is entered at `chunks._enter`. */
export function enterOf(container: string): string {
  return `${container}${ENTER}`;
}

/** The reverse: `chunks._enter` begins `chunks`. */
export function enteredBy(enter: string): string {
  return enter.slice(0, -ENTER.length);
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
    const isIndex = /^[0-9]+$/.test(segment) && graph.containers.get(template)?.kind === "map";
    if (isIndex) indexes.push(Number(segment));
    template = isIndex ? `${template}.*` : plain;
  }
  return graph.nodes.has(template) ? { template, indexes } : null;
}
