import { BatonError, type RunId } from "@batonrun/contract";
import type { RunReader } from "../ports/run-reader.js";
import type { RunRecord } from "../run/stored.js";

/** The run's record; `run_not_found` when there is none, or no longer. */
export async function requireRun(
  { reader }: { readonly reader: Pick<RunReader, "run"> },
  runId: RunId,
): Promise<RunRecord> {
  const run = await reader.run(runId);
  if (run !== null) return run;
  throw new BatonError("run_not_found", "There is no run with this id; it may have passed its retention.", {
    details: { run: runId },
  });
}
