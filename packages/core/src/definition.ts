export { durationMs, type Problem, type ProblemCode, problemCatalog, tryDurationMs } from "@batonrun/contract";
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
} from "./builder/builder.js";
export { cel, input, type Reference, run, vars } from "./builder/reference.js";
export { type CompiledSchema, compileSchema } from "./definition/input-schema.js";
export { definitionJsonSchema } from "./definition/json-schema.js";
export { type ParsedDefinition, type ParseOptions, parseDefinition } from "./definition/parse.js";
export { type RetryPolicy, retryPolicy } from "./definition/retry-policy.js";
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
} from "./definition/schema.js";
export { canonicalJson } from "./expression/canonical-json.js";
export type { Evaluator, ExpressionScope, References, StepValue } from "./expression/expression.js";
export { ExpressionError } from "./expression/expression-error.js";
