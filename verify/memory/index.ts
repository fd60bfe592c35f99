export { actionOf, echo, fail, heldAction } from "../support/actions.js";
export { definitionOf } from "../support/definition.js";
export { MemoryEngine, type MemoryEngineOptions, memoryEngine, stepOf } from "../support/memory-engine.js";
export { type MemoryMetrics, memoryMetrics } from "./metrics.js";
