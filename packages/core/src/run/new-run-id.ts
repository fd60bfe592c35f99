import { RunId } from "@batonrun/contract";
import { ulid } from "ulid";

/** Creates a run id. `timeMs` and `random` (0 <= x < 1) come from the caller's ports. */
export function newRunId(timeMs: number, random: () => number): RunId {
  return RunId.parse(ulid(timeMs, random));
}
