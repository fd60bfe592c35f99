import type { RunView } from "@batonrun/contract";

/** The view of one step; throws when the run has none of that name. */
export function stepOf(run: RunView, id: string): RunView["steps"][number] {
  const step = run.steps.find((one) => one.id === id);
  if (step === undefined) throw new Error(`run ${run.id} has no step ${id}`);
  return step;
}
