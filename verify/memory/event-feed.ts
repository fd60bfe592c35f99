import type { RunId } from "@batonrun/contract";
import type { EventFeed } from "../../packages/core/src/ports/run-reader.js";

export interface MemoryFeed extends EventFeed {
  /** Tells the run's listeners that its events now end at `seq`. */
  announce(id: string, seq: number): void;
}

/** A feed in this process. */
export function memoryEventFeed(): MemoryFeed {
  const listeners = new Map<string, Set<(seq: number) => void>>();
  return {
    announce: (id, seq) => {
      for (const listener of listeners.get(id) ?? []) listener(seq);
    },
    subscribe: async (id: RunId, onChange) => {
      // One listener per call, though the same function may come twice.
      const listener = (seq: number) => onChange(seq);
      const ofRun = listeners.get(id) ?? new Set();
      listeners.set(id, ofRun.add(listener));
      return async () => void ofRun.delete(listener);
    },
    close: async () => listeners.clear(),
  };
}
