/** Size limits of a definition. */
export interface GraphLimits {
  readonly maxSteps: number;
  readonly maxEdges: number;
  /** Nesting depth of containers. */
  readonly maxNesting: number;
  /** Number of steps that directly depend on the same step. One script updates all of them. */
  readonly maxDependents: number;
}

export const graphLimits: GraphLimits = { maxSteps: 5_000, maxEdges: 50_000, maxNesting: 5, maxDependents: 2_000 };
