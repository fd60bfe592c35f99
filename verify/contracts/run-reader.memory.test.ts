import { memoryDefinitionStore } from "../memory/definition-store.js";
import { memoryCell } from "../memory/memory-cell.js";
import { memoryRunReader } from "../memory/run-reader.js";
import { runReaderContract } from "./run-reader.contract.js";

runReaderContract(() => {
  let [now, tokens] = [1_700_000_000_000, 0];
  const cell = memoryCell({
    now: () => {
      now += 1;
      return now;
    },
    worker: () => ({ actions: ["core.noop"], format: 1 }),
  });
  return {
    reader: memoryRunReader(cell),
    transitions: cell.transitions,
    definitions: memoryDefinitionStore(cell),
    fetch: async (queue) => {
      tokens += 1;
      return cell.fetch(queue, `w${tokens}`);
    },
    removeJob: async ({ queue, id }) => cell.removeJob(`${queue}/${id}`),
    close: async () => undefined,
  };
});
