import { durationMs } from "@batonrun/contract";
import { type AtWork, type Course, MAX_TIMER_MS, type StepDependencies } from "./step-job.js";

/**
 * Notes, while a step is at work, that it takes longer than its `sla`, counted from its first attempt. The function that it
 * gives ends the watch; it waits for a note under way, so that the note stands before the step's outcome.
 */
export function watchSla(
  dependencies: StepDependencies,
  course: Course,
  { placed, step }: AtWork,
): () => Promise<void> {
  const declared = placed.plan.node.step;
  if (declared.type !== "action" || declared.sla === undefined) return () => Promise.resolve();
  const slaMs = durationMs(declared.sla.duration);
  const leftMs = Math.max(0, slaMs - (step.at - step.startedAt));
  const startedAt = dependencies.monotonicMs();
  let noted: Promise<void> | undefined;
  const note = () => {
    noted ??= noteBreach(dependencies, course, { placed, step, slaMs });
    return noted;
  };
  const timer = setTimeout(note, Math.min(leftMs, MAX_TIMER_MS));
  return async () => {
    clearTimeout(timer);
    // An action that kept the event loop busy kept the timer waiting, too.
    if (dependencies.monotonicMs() - startedAt >= leftMs) await note();
    await noted;
  };
}

async function noteBreach(
  { transitions, metrics, log }: StepDependencies,
  { job }: Course,
  { placed, step, slaMs }: AtWork & { readonly slaMs: number },
): Promise<void> {
  const { instance, generation, attempt, run } = step;
  const data = JSON.stringify({ slaMs });
  const first = await transitions
    .breachSla({ runId: run.id, lease: job.lease, instance, generation, attempt, data })
    .catch((error: unknown) => {
      log.error("could not record the SLA breach of a step", { run: run.id, step: instance, error: String(error) });
      return false;
    });
  if (first) metrics.slaBreached(run.workflow, placed.plan.node.step.type);
}
