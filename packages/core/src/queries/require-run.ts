import { BatonError, type RunId } from "@batonrun/contract";
import type { RunReader } from "../ports/run-reader.js";
import type { RunRecord } from "../run/stored.js";

/** The run's record. Throws `run_not_found` if the run does not exist or its retention has expired. */
export async function requireRun(
  { reader }: { readonly reader: Pick<RunReader, "run"> },
  runId: RunId,
): Promise<RunRecord> {
  const run = await reader.run(runId);
  if (run !== null) return run;
  throw new BatonError("run_not_found", "No run has this id. Ended runs are deleted after their retention period.", {
    details: { run: runId },
  });
}
