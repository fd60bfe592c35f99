export type { AnnouncedAction } from "./action-check.js";
export { type ValidateOptions, type Validation, validateDefinition } from "./check.js";
export { compileGraph } from "./compile.js";
export { definitionHash } from "./definition-hash.js";
export {
  type Container,
  GRAPH_FORMAT,
  type Graph,
  type GraphNode,
  instanceOf,
  type NodeInputs,
  type Scope,
  templateOf,
} from "./graph.js";
export { type GraphLimits, graphLimits } from "./graph-limits.js";
export { type NodeExpressions, nodeExpressions, runOutput, topSteps, visibleSteps } from "./node-expressions.js";
