export { capabilitiesOf, createActionRegistry } from "./action-registry.js";
export { type BuiltInOptions, builtInActions } from "./actions/index.js";
export { createWorker, type RunningWorker, type WorkerDeps } from "./app.js";
export { ActionLoadError, type LoadedAction, loadActions } from "./loading/load-actions.js";
