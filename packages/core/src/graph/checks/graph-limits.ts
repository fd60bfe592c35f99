/** How large a definition may be. */
export interface GraphLimits {
  readonly maxSteps: number;
  readonly maxEdges: number;
  /** Containers inside one another. */
  readonly maxNesting: number;
  /** Steps that wait for one and the same step: they are counted down in one script. */
  readonly maxDependents: number;
}

export const graphLimits: GraphLimits = { maxSteps: 5_000, maxEdges: 50_000, maxNesting: 5, maxDependents: 2_000 };
