import { type Container, templateOf } from "../graph/graph.js";
import type { GraphPlan, NodePlan } from "./node-plan.js";

/**
 * A node of one run: its plan and its indexes.
 * @example `chunks.3.extract` is the node `chunks.*.extract` with the indexes [3].
 */
export interface NodeInstance {
  readonly plans: GraphPlan;
  readonly plan: NodePlan;
  readonly indexes: readonly number[];
  /** The run's priority. */
  readonly priority: number;
}

/** The node of an instance id, or null if the graph has none. */
export function findNode(plans: GraphPlan, instance: string, priority: number): NodeInstance | null {
  const found = templateOf(plans.graph, instance);
  return found === null ? null : { plans, plan: plans.plan(found.template), indexes: found.indexes, priority };
}

/** Another node with the same indexes. */
export function siblingNode(node: NodeInstance, template: string): NodeInstance {
  const plan = node.plans.plan(template);
  return plan === node.plan ? node : { ...node, plan };
}

/** The container that a node begins or ends. */
export function ownContainer({ plan }: NodeInstance): Container {
  if (plan.own === null) throw new Error(`${plan.node.id} is not an end of a container`);
  return plan.own;
}
