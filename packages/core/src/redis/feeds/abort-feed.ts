import { RunId } from "@batonrun/contract";
import type { Redis } from "ioredis";
import type { CellKeys } from "../cell-keys.js";

/**
 * Hears which runs are to be aborted. Only a hint: what is lost here, the worker's own check of the gate finds.
 * The connection is the feed's own, and is closed with it.
 */
export async function subscribeToAborts(
  { subscriber, keys }: { readonly subscriber: Redis; readonly keys: CellKeys },
  onAbort: (id: RunId) => void,
): Promise<void> {
  subscriber.on("message", (_channel, id) => {
    const parsed = RunId.safeParse(id);
    if (parsed.success) onAbort(parsed.data);
  });
  await subscriber.subscribe(keys.aborts);
}
