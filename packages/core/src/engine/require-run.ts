import { BatonError } from "../errors.js";
import type { RunId } from "../ids.js";
import type { RunReader, RunRecord } from "../ports.js";

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
