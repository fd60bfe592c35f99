import type { Step } from "../definition/step.js";
import {
  type Container,
  containerOf,
  declaredStep,
  GRAPH_FORMAT,
  type Graph,
  type GraphNode,
  instanceOf,
  type Scope,
} from "../graph/graph.js";
import { type NodeExpressions, nodeExpressions, visibleSteps } from "../graph/node-expressions.js";
import { enteredBy } from "../graph/outline.js";
import type { Dependent, ItemTemplate, Route } from "../ports/route.js";
import { CORE_QUEUE, stepQueue } from "./queue-names.js";

/** Above this number, names are not put into the job's data, and the worker loads them itself. */
const MAX_LOADS = 40;

/** The capability of an action as known to this process, or null if no worker announced it. */
export type CapabilityOf = (action: string) => string | null;

/** A step read by a node's expressions: the name they use, and the template of the node with its result. */
export interface StepRead {
  readonly name: string;
  readonly template: string;
  /** A container without a stored result, which has to be assembled from its instances. */
  readonly assembled: boolean;
}

/**
 * What the engine derives once per node of a graph. In all names, `*` is the placeholder of an index.
 * @example `chunks.*.score`, which reads `extract` and the run's input, in a map `chunks`:
 * { reads: [{ name: "extract", template: "chunks.*.extract", assembled: false }],
 *   loads: ["chunks.*.extract", "_input"], own: null, parent: chunks, endsItem: false, repeated: chunks }
 */
export interface NodePlan {
  readonly graph: Graph;
  readonly node: GraphNode;
  readonly expressions: NodeExpressions;
  readonly reads: readonly StepRead[];
  /** The names that a claim loads, as templates. */
  readonly loads: readonly string[];
  /** The container that the node begins or ends, or null. */
  readonly own: Container | null;
  /** The container that directly contains the node. */
  readonly parent: Container | null;
  /** The node ends an item of `parent`, whose body is repeated. */
  readonly endsItem: boolean;
  /** The innermost enclosing container with a repeated body. Its names are in scope. */
  readonly repeated: Container | null;
}

/** The plans of a graph's nodes. Dependents outside of maps are the same in all runs of one priority and are cached. */
export class GraphPlan {
  readonly graph: Graph;
  readonly #capabilityOf: CapabilityOf;
  readonly #plans = new Map<string, NodePlan>();
  readonly #dependents = new Map<string, readonly Dependent[]>();

  constructor(graph: Graph, capabilityOf: CapabilityOf) {
    this.graph = graph;
    this.#capabilityOf = capabilityOf;
  }

  plan(template: string): NodePlan {
    const known = this.#plans.get(template);
    if (known !== undefined) return known;
    const node = this.graph.nodes.get(template);
    if (node === undefined) throw new Error(`the graph has no node ${template}`);
    const plan = planOf(this.graph, node);
    this.#plans.set(template, plan);
    return plan;
  }

  /** The roots of the top scope, which start a run. */
  roots(priority: number): readonly Dependent[] {
    const roots = this.graph.top.roots.map((root) => this.#dependent(root, [], { priority, indegree: 1 }));
    return roots.sort((one, other) => one.route.priority - other.route.priority);
  }

  /** The dependents of a node, as instances with the same indexes. */
  dependents(plan: NodePlan, indexes: readonly number[], priority: number): readonly Dependent[] {
    if (indexes.length > 0) return this.#dependentsOf(plan, indexes, priority);
    const key = `${priority} ${plan.node.id}`;
    const known = this.#dependents.get(key);
    if (known !== undefined) return known;
    const made = this.#dependentsOf(plan, indexes, priority);
    // Do not cache a fallback queue: it would outlive the announcement of the action.
    if (plan.node.dependents.every((id) => this.#knowsQueueOf(id))) this.#dependents.set(key, made);
    return made;
  }

  #knowsQueueOf(template: string): boolean {
    const { node } = this.plan(template);
    const action = actionOf(node);
    return action === null || node.step.queue !== undefined || this.#capabilityOf(action) !== null;
  }

  /** The roots of a container's scope, which wait only for its enter. */
  scopeRoots(scope: Scope, indexes: readonly number[], priority: number): readonly Dependent[] {
    return scope.roots.map((root) => this.#dependent(root, indexes, { priority, indegree: 1 }));
  }

  exitOf(container: Container, indexes: readonly number[], priority: number): Dependent {
    return this.#dependent(container.id, indexes, { priority, indegree: this.#indegree(container.id) });
  }

  /** How to start the items of a map inside the given indexes of its enclosing maps. */
  itemTemplate(map: Container, indexes: readonly number[], priority: number): ItemTemplate {
    const instance = instanceOf(map.id, indexes);
    const roots = (map.scopes[0]?.roots ?? []).map((root) => ({
      before: `${instance}.`,
      after: root.slice(`${map.id}.*`.length),
      route: this.route(root, indexes, priority),
    }));
    return { map: instance, roots };
  }

  /** The route of a node. With one index too few, the last `*` remains for the script to replace. */
  route(template: string, indexes: readonly number[], runPriority: number): Route {
    const { node, loads, parent } = this.plan(template);
    const { step, role } = node;
    const names = loads.length > MAX_LOADS ? undefined : loads.map((name) => instanceOf(name, indexes));
    const action = actionOf(node);
    const width = role === "exit" || parent === null ? null : branchLimit(parent);
    return {
      queue: this.#queueOf(step, action),
      priority: runPriority + step.priority,
      role,
      name: action ?? boardName(node),
      ...(names === undefined ? {} : { loads: names }),
      data: JSON.stringify({ role, format: GRAPH_FORMAT, loads: names }).slice(1),
      ...(node.statusOf.length > 0 ? { aware: true as const } : {}),
      ...(width === null || parent === null ? {} : { branchOf: instanceOf(parent.id, indexes), width }),
    };
  }

  #queueOf({ queue }: Step, action: string | null): string {
    const capability = queue ?? (action === null ? null : this.#capabilityOf(action));
    return capability === null ? CORE_QUEUE : stepQueue(capability);
  }

  #dependentsOf(plan: NodePlan, indexes: readonly number[], priority: number): readonly Dependent[] {
    const { node, parent, endsItem } = plan;
    const listed = node.dependents.map((id) =>
      this.#dependent(id, indexes, { priority, indegree: this.#indegree(id) }),
    );
    if (!endsItem || parent === null) return listed;
    const exit = this.#dependent(parent.id, indexes.slice(0, -1), { priority, indegree: 0 });
    return [...listed.filter((dependent) => dependent.instance !== exit.instance), exit];
  }

  /** 0 if the container's enter decides the number of arrivals. */
  #indegree(template: string): number {
    const { node, own } = this.plan(template);
    if (node.role === "exit" && own?.kind.entersAll !== true) return 0;
    return node.dependencies.length;
  }

  #dependent(
    template: string,
    indexes: readonly number[],
    how: { readonly priority: number; readonly indegree: number },
  ): Dependent {
    const route = this.route(template, indexes, how.priority);
    return { instance: instanceOf(template, indexes), indegree: how.indegree, route };
  }
}

/** The action that a worker needs to run a node, or null if any worker can. */
export function actionOf({ role, kind, step }: GraphNode): string | null {
  return role === "step" && kind.shape === "leaf" ? kind.action(step) : null;
}

/** How many branches of a container can run at once; null: no limit. Items of a repeated body are limited separately. */
export function branchLimit({ repeats, maxParallel }: Container): number | null {
  return repeats ? null : maxParallel;
}

/** The board name of a node without an action: `enter map`, `exit map`, `item`, or a leaf's kind. */
function boardName({ role, step }: GraphNode): string {
  if (role === "item") return role;
  return role === "step" ? step.type : `${role} ${step.type}`;
}

function planOf(graph: Graph, node: GraphNode): NodePlan {
  const parent = node.container === null ? null : (graph.containers.get(node.container) ?? null);
  const endsItem = parent?.repeats === true && node.id === `${parent.id}.*`;
  const own = ownContainer(graph, node);
  const reads = readsOf(graph, node);
  const loads = reads.map((read) => read.template);
  if (node.inputs.input) loads.push("_input");
  if (node.inputs.item !== null) loads.push(`@${node.inputs.item}.*`);
  if (node.role === "exit" && own !== null) loads.push(`#${own.id}`, own.enter);
  if (node.role === "item") loads.push(`#${node.id}`);
  return {
    graph,
    node,
    expressions: nodeExpressions(graph, node.id),
    reads,
    loads,
    own,
    parent,
    endsItem,
    repeated: repeatedAround(graph, parent),
  };
}

function repeatedAround(graph: Graph, parent: Container | null): Container | null {
  let at = parent;
  while (at !== null && !at.repeats) at = parentOf(graph, at);
  return at;
}

function parentOf(graph: Graph, { id }: Container): Container | null {
  const outer = declaredStep(graph, id)?.scope.owner ?? null;
  return outer === null ? null : containerOf(graph, outer);
}

function ownContainer(graph: Graph, node: GraphNode): Container | null {
  if (node.role === "exit") return graph.containers.get(node.id) ?? null;
  if (node.role !== "enter") return null;
  return graph.containers.get(enteredBy(node.id)) ?? null;
}

function readsOf(graph: Graph, node: GraphNode): readonly StepRead[] {
  const wanted = new Set(node.inputs.steps);
  const reads: StepRead[] = [];
  for (const [name, template] of visibleSteps(graph, node.id)) {
    if (!wanted.has(template)) continue;
    const holder = graph.nodes.get(template);
    const assembled = graph.containers.has(template) && holder?.step.output === undefined;
    reads.push({ name, template, assembled });
  }
  return reads;
}

/** The direct instance counter of a node: its container's, or its item's in a map with several steps. */
export function counterOf(plan: NodePlan, indexes: readonly number[]): string | null {
  const { node, parent, endsItem } = plan;
  if (parent === null || node.role === "enter") return null;
  if (!parent.repeats) return instanceOf(parent.id, indexes);
  return endsItem ? instanceOf(parent.id, indexes.slice(0, -1)) : instanceOf(`${parent.id}.*`, indexes);
}
