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
export { defaults } from "./definition/defaults.js";
export { type CompiledSchema, compileSchema } from "./definition/input-schema.js";
export type { WorkflowDefinition, WorkflowSource } from "./definition/language.js";
export type { ParsedDefinition, ParseOptions } from "./definition/parse.js";
export { type RetryPolicy, retryPolicy } from "./definition/retry-policy.js";
export type { Json, Step, StepSource } from "./definition/step.js";
export type { ActionStep } from "./kinds/action.js";
export type { ConditionalStep } from "./kinds/conditional.js";
export type { StepKind } from "./kinds/index.js";
export { definitionJsonSchema, parseDefinition } from "./kinds/language.js";
export type { MapStep } from "./kinds/map.js";
export type { ParallelStep } from "./kinds/parallel.js";
