export {
  type ActionOptions,
  action,
  type Buildable,
  conditional,
  type MapOptions,
  map,
  parallel,
  type ScopeBuilder,
  type StepReference,
  scope,
  type WorkflowBuilder,
  type WorkflowOptions,
  workflow,
} from "./builder.js";
export { canonicalJson } from "./canonical-json.js";
export { durationMs, tryDurationMs } from "./duration.js";
export type { Evaluator, ExpressionScope, References, StepValue } from "./expression.js";
export { ExpressionError } from "./expression-error.js";
export { type CompiledSchema, compileSchema } from "./input-schema.js";
export { definitionJsonSchema } from "./json-schema.js";
export { type ParsedDefinition, type ParseOptions, parseDefinition } from "./parse.js";
export { type Problem, type ProblemCode, problemCatalog } from "./problem.js";
export { cel, input, type Reference, run, vars } from "./reference.js";
export { type RetryPolicy, retryPolicy } from "./retry-policy.js";
export {
  type ActionStep,
  type ConditionalStep,
  type ContainerStep,
  defaults,
  type Json,
  type MapStep,
  type ParallelStep,
  type Step,
  type StepKind,
  type StepSource,
  WorkflowDefinition,
  type WorkflowSource,
} from "./schema.js";
