import type { DefinitionHash } from "@batonrun/contract";
import type { Graph } from "../graph/graph.js";
import type { GraphCache } from "./graph-cache.js";
import { type CapabilityOf, GraphPlan } from "./node-plan.js";

/** Plans live as long as the graph that they are made from. */
export class PlanCache {
  readonly #plans = new WeakMap<Graph, GraphPlan>();
  readonly #capabilityOf: CapabilityOf;

  constructor(capabilityOf: CapabilityOf) {
    this.#capabilityOf = capabilityOf;
  }

  of(graph: Graph): GraphPlan {
    const known = this.#plans.get(graph);
    if (known !== undefined) return known;
    const plan = new GraphPlan(graph, this.#capabilityOf);
    this.#plans.set(graph, plan);
    return plan;
  }

  /** Null when the definition is not stored or its format unknown here. One round trip at most. */
  async find(
    graphs: GraphCache,
    run: { readonly definition: DefinitionHash; readonly format: number },
  ): Promise<GraphPlan | null> {
    const graph = await graphs.find(run.definition, run.format);
    return graph === null ? null : this.of(graph);
  }
}
