export { type CancelledRun, type CancelRunRequest, cancelRun } from "./cancel-run.js";
export { Capabilities } from "./capabilities.js";
export {
  type AssembledResult,
  assembleContainerResult,
  type ContainerResultQuery,
  MAX_ASSEMBLED_BYTES,
} from "./container-result.js";
export { drawRun, drawWorkflow, type PictureForm, pictureForms, renderDrawing } from "./draw-graph.js";
export { GraphCache, loadGraph } from "./graph-cache.js";
export { type DrawnEdge, type DrawnStep, type GraphDrawing, graphDrawing } from "./graph-drawing.js";
export { listRuns } from "./list-runs.js";
export { listQueues, listWorkers } from "./list-workers.js";
export { PlanCache } from "./plan-cache.js";
export { type ReadEventsQuery, readEvents } from "./read-events.js";
export { readRun } from "./read-run.js";
export { type ReadStepsQuery, readStep, readSteps } from "./read-steps.js";
export {
  listWorkflows,
  readVersion,
  readWorkflow,
  type VersionSummary,
  type WorkflowVersionView,
  type WorkflowView,
} from "./read-workflow.js";
export { definitionInvalid, type RegisteredWorkflow, registerWorkflow } from "./register-workflow.js";
export { type StartedRun, type StartRunDependencies, type StartRunRequest, startRun, startRuns } from "./start-run.js";
export { startTicker, type Ticker } from "./ticker.js";
export { validateWorkflow, type WorkflowText, type WorkflowValidation } from "./validate-workflow.js";
export { type WaitForRunQuery, waitForRun } from "./wait-for-run.js";
export { type WatchRunQuery, watchRun } from "./watch-run.js";
