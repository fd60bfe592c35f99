export { GIVE_UP_MS } from "./actions/call-action.js";
export { ActiveSteps } from "./execution/active-steps.js";
export { executeStep } from "./execution/execute-step.js";
export { type FinalizeDependencies, finalizeRun } from "./execution/finalize-run.js";
export { scrubber } from "./execution/scrub-secrets.js";
export type { StepDependencies } from "./execution/step-job.js";
export { CORE_QUEUE, RUN_QUEUE, stepQueue } from "./plan/queue-names.js";
