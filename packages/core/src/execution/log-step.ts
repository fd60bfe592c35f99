import { SerializedError } from "@batonrun/contract";
import type { Settlement } from "../ports/settlement.js";
import type { ClaimedStep } from "../ports/transitions.js";
import type { StepDependencies } from "./step-job.js";

/** What an operator reads of a step's end: failures stand out, the rest is for those who ask for it. */
export function logEnd(
  { log }: Pick<StepDependencies, "log">,
  step: ClaimedStep,
  settlements: readonly Settlement[],
): void {
  for (const { event, instance, status, error, reasonOfSkip } of settlements) {
    if (event === undefined || event === "step_entered") continue;
    const fields = { run: step.run.id, workflow: step.run.workflow, step: instance, attempt: step.attempt };
    if (status === "failed") log.warn("step failed", { ...fields, error: typeOf(error) });
    else log.debug(`step ${status}`, reasonOfSkip === undefined ? fields : { ...fields, reason: reasonOfSkip });
  }
}

export function logAttempt(
  { log }: Pick<StepDependencies, "log">,
  { run, instance, attempt }: ClaimedStep,
  { message, ...more }: { readonly message: string } & Readonly<Record<string, unknown>>,
): void {
  log.info(message, { run: run.id, workflow: run.workflow, step: instance, attempt, ...more });
}

function typeOf(error: string | undefined): string {
  return error === undefined ? "action" : SerializedError.parse(JSON.parse(error)).type;
}
