export { durationMs, tryDurationMs } from "./duration.js";
export { BatonError, type ErrorCode, type ErrorDetail, errorCatalog } from "./errors.js";
export { EventType, eventCatalog, RunEvent } from "./event.js";
export { DefinitionHash, InstanceId, RunId, STEP_ID_PATTERN, WorkflowName } from "./ids.js";
export { type Problem, type ProblemCode, problemCatalog } from "./problem.js";
export { Closing, RunStatus, RunSummary, RunView } from "./run.js";
export { keptMessage, SerializedError, SkipReason } from "./serialized-error.js";
export { InstanceCounts, StepStatus, StepView } from "./step.js";
