import { memoryDefinitionStore } from "../memory/definition-store.js";
import { memoryCell } from "../memory/memory-cell.js";
import { definitionStoreContract } from "./definition-store.contract.js";

definitionStoreContract(() => {
  const cell = memoryCell({ now: () => 1, worker: () => ({ actions: [], format: 1 }) });
  return { store: memoryDefinitionStore(cell), close: async () => undefined };
});
