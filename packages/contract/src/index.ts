export { durationMs, tryDurationMs } from "./duration.js";
export { BatonError, type ErrorCode, ErrorDetail, errorCatalog } from "./errors.js";
export { DrawnEdge, DrawnStep, GraphDrawing } from "./graph.js";
export { DefinitionHash, InstanceId, RunId, STEP_ID_PATTERN, WorkflowName } from "./ids.js";
export type { OneOf } from "./one-of.js";
export { type Page, pageOf } from "./page.js";
export { Problem, type ProblemCode, problemCatalog } from "./problem.js";
export { ProblemDocument } from "./problem-document.js";
export { QueuePage, QueueView } from "./queue.js";
export { type Received, received, type UnknownWord } from "./received.js";
export { EventPage, EventType, eventCatalog, RunEvent } from "./run/event.js";
export {
  AcceptedRun,
  CancelledRun,
  Closing,
  EXAMPLE_RUN_ID,
  RunLinks,
  RunPage,
  RunStatus,
  RunSummary,
  RunView,
  runLinks,
} from "./run/run.js";
export {
  BatchItem,
  BatchRequest,
  BatchResult,
  type BatchResultItem,
  CancelRequest,
  IdempotencyKey,
  MAX_BATCH,
  RunRequest,
  type SubmittedRun,
} from "./run/run-request.js";
export { hasRunEnded, isSettledStepStatus, isTerminalRunStatus } from "./run/status.js";
export { InstanceCounts, StepPage, StepStatus, StepView } from "./run/step.js";
export { keptMessage, SerializedError, SkipReason } from "./serialized-error.js";
export { AnnouncedAction, WorkerPage, WorkerView } from "./worker.js";
export {
  RegisteredWorkflow,
  VersionSummary,
  WorkflowPage,
  WorkflowValidation,
  WorkflowVersionView,
  WorkflowView,
} from "./workflow.js";
