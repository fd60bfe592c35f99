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

/** More names than these are not put into a job's data: the worker loads them itself. */
const MAX_LOADS = 40;

/** The capability of an action, as far as this process knows; null: nobody announced it. */
export type CapabilityOf = (action: string) => string | null;

/** A step that a node's expressions read: the name they use, and the template of the node that holds it. */
export interface StepRead {
  readonly name: string;
  readonly template: string;
  /** A container without a result of its own: it has to be put together from its instances. */
  readonly assembled: boolean;
}

/** What the engine derives from the graph about one node, once. `*` stands for indexes throughout. */
export interface NodePlan {
  readonly graph: Graph;
  readonly node: GraphNode;
  readonly expressions: NodeExpressions;
  readonly reads: readonly StepRead[];
  /** What a claim loads, as templates. */
  readonly loads: readonly string[];
  /** The container that the node begins or ends. */
  readonly own: Container | null;
  /** The container whose scope it stands in. */
  readonly parent: Container | null;
  /** Ends an item of `parent`, whose body is repeated. */
  readonly endsItem: boolean;
  /** The innermost container around it whose body is repeated: its names are in scope. */
  readonly repeated: Container | null;
}

/** The plans of a graph's nodes. What stands in no map has the same dependents in every run of a priority: they are made once. */
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

  /** The roots of the top scope: what a run starts with. */
  roots(priority: number): readonly Dependent[] {
    const roots = this.graph.top.roots.map((root) => this.#dependent(root, [], { priority, indegree: 1 }));
    return roots.sort((one, other) => one.route.priority - other.route.priority);
  }

  /** The nodes that wait for one, as instances within the same indexes. */
  dependents(plan: NodePlan, indexes: readonly number[], priority: number): readonly Dependent[] {
    if (indexes.length > 0) return this.#dependentsOf(plan, indexes, priority);
    const key = `${priority} ${plan.node.id}`;
    const known = this.#dependents.get(key);
    if (known !== undefined) return known;
    const made = this.#dependentsOf(plan, indexes, priority);
    // A queue that is only a guess must not outlive the moment when a worker announces the action.
    if (plan.node.dependents.every((id) => this.#knowsQueueOf(id))) this.#dependents.set(key, made);
    return made;
  }

  #knowsQueueOf(template: string): boolean {
    const { node } = this.plan(template);
    const action = actionOf(node);
    return action === null || node.step.queue !== undefined || this.#capabilityOf(action) !== null;
  }

  /** The roots of a container's scope: they wait only for its enter. */
  scopeRoots(scope: Scope, indexes: readonly number[], priority: number): readonly Dependent[] {
    return scope.roots.map((root) => this.#dependent(root, indexes, { priority, indegree: 1 }));
  }

  /** A container's exit, whose arrivals its enter decides. */
  exitOf(container: Container, indexes: readonly number[], priority: number): Dependent {
    return this.#dependent(container.id, indexes, { priority, indegree: this.#indegree(container.id) });
  }

  /** How the items of a map are named, within the indexes of the maps around it. */
  itemTemplate(map: Container, indexes: readonly number[], priority: number): ItemTemplate {
    const instance = instanceOf(map.id, indexes);
    const roots = (map.scopes[0]?.roots ?? []).map((root) => ({
      before: `${instance}.`,
      after: root.slice(`${map.id}.*`.length),
      route: this.route(root, indexes, priority),
    }));
    return { map: instance, roots };
  }

  /** Where a node goes. With one index less than the node has levels, the last `*` is left for the script to fill in. */
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

  /** 0 where the container's enter decides how many arrive. */
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

/** The action that a worker must have in order to run a node; null: any worker runs it. */
export function actionOf({ role, kind, step }: GraphNode): string | null {
  return role === "step" && kind.shape === "leaf" ? kind.action(step) : null;
}

/** How many branches of a container may run at the same time; null: no limit. The items of a repeated body are counted apart. */
export function branchLimit({ repeats, maxParallel }: Container): number | null {
  return repeats ? null : maxParallel;
}

/** What the board shows of a node that calls no action: `enter map`, `exit map`, `item`, or the name of a leaf's kind. */
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

/** The direct instance counter that a node belongs to: its container's, or its item's in a map of several steps. */
export function counterOf(plan: NodePlan, indexes: readonly number[]): string | null {
  const { node, parent, endsItem } = plan;
  if (parent === null || node.role === "enter") return null;
  if (!parent.repeats) return instanceOf(parent.id, indexes);
  return endsItem ? instanceOf(parent.id, indexes.slice(0, -1)) : instanceOf(`${parent.id}.*`, indexes);
}
