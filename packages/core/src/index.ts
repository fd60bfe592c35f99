export type { Problem } from "@batonrun/contract";
export {
  BatonError,
  Closing,
  DefinitionHash,
  durationMs,
  type ErrorCode,
  type ErrorDetail,
  EventType,
  errorCatalog,
  eventCatalog,
  InstanceCounts,
  InstanceId,
  RunEvent,
  RunId,
  RunStatus,
  RunSummary,
  RunView,
  SerializedError,
  SkipReason,
  StepStatus,
  StepView,
  tryDurationMs,
  WorkflowName,
} from "@batonrun/contract";
export type { WorkflowDefinition } from "./definition/language.js";
export type { Step } from "./definition/step.js";
export { graphDrawing } from "./drawing/graph-drawing.js";
export {
  type DefinitionLimits,
  type ValidateOptions,
  type Validation,
  validateDefinition,
} from "./graph/checks/validate-definition.js";
export { compileGraph } from "./graph/compile.js";
export { definitionHash } from "./graph/definition-hash.js";
export { GRAPH_FORMAT, type Graph } from "./graph/graph.js";
export type { StepKind } from "./kinds/index.js";
export { definitionJsonSchema } from "./kinds/language.js";
export type {
  AnnouncedWorker,
  DefinitionStore,
  QueueMonitor,
  StoredVersion,
  WorkerDirectory,
} from "./ports/directory.js";
export type { Clock, Metrics } from "./ports/metrics.js";
export type { EventFeed, InputReader, ListRunsQuery, LoadedInput, RunReader } from "./ports/run-reader.js";
export type { Transitions } from "./ports/transitions.js";
export { renderDrawing } from "./queries/draw-run.js";
export { newRunId } from "./run/new-run-id.js";
export type { StepOutcome } from "./run/outcome.js";
export { runSummary } from "./run/run-summary.js";
export { StepRecord } from "./run/step-record.js";
export type { ContainerCounters, RunRecord, StoredStep } from "./run/stored.js";
export { isSettledStepStatus, isTerminalRunStatus } from "./run/transitions.js";
export { systemClock } from "./system-clock.js";
