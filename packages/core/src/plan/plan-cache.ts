import type { DefinitionHash } from "@batonrun/contract";
import type { Graph } from "../graph/graph.js";
import type { GraphCache } from "./graph-cache.js";
import { type CapabilityOf, GraphPlan } from "./node-plan.js";

/** Plans are cached as long as their graphs. */
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

  /** Null if the definition is not stored or its format is not supported here. At most one round trip. */
  async find(
    graphs: GraphCache,
    run: { readonly definition: DefinitionHash; readonly format: number },
  ): Promise<GraphPlan | null> {
    const graph = await graphs.find(run.definition, run.format);
    return graph === null ? null : this.of(graph);
  }
}
