export { actionOf, echo, fail, heldAction } from "../support/actions.js";
export { definitionOf, noop } from "../support/definition.js";
export { MemoryEngine, type MemoryEngineOptions, memoryEngine } from "../support/memory-engine.js";
export { stepOf } from "../support/step-of.js";
export { type MemoryMetrics, memoryMetrics } from "./metrics.js";
