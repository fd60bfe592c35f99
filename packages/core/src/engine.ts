export { type CancelledRun, type CancelRunRequest, cancelRun } from "./commands/cancel-run.js";
export { definitionInvalid, registerWorkflow } from "./commands/register-workflow.js";
export {
  type StartedRun,
  type StartRunDependencies,
  type StartRunRequest,
  startRun,
  startRuns,
} from "./commands/start-run.js";
export { validateWorkflow, type WorkflowText } from "./commands/validate-workflow.js";
export { graphDrawing } from "./drawing/graph-drawing.js";
export { startTicker, type Ticker } from "./maintenance/ticker.js";
export { Capabilities } from "./plan/capabilities.js";
export { GraphCache, loadGraph } from "./plan/graph-cache.js";
export { PlanCache } from "./plan/plan-cache.js";
export { drawRun, drawWorkflow, type PictureForm, pictureForms, renderDrawing } from "./queries/draw-run.js";
export { listRuns } from "./queries/list-runs.js";
export { listQueues, listWorkers } from "./queries/list-workers.js";
export { type ReadEventsQuery, readEvents } from "./queries/read-events.js";
export { readRun } from "./queries/read-run.js";
export { type ReadStepsQuery, readStep, readSteps } from "./queries/read-steps.js";
export { listWorkflows, readVersion, readWorkflow } from "./queries/read-workflow.js";
export { type WaitForRunQuery, waitForRun } from "./queries/wait-for-run.js";
export { type WatchRunQuery, watchRun } from "./queries/watch-run.js";
export {
  type AssembledResult,
  assembleContainerResult,
  type ContainerResultQuery,
  MAX_ASSEMBLED_BYTES,
} from "./run/container-result.js";
