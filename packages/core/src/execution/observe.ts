import { SerializedError } from "@batonrun/contract";
import { instanceOf, templateOf } from "../graph/graph.js";
import type { Settlement } from "../ports/settlement.js";
import type { ClaimedStep } from "../ports/transitions.js";
import { StepRecord } from "../run/step-record.js";
import type { ClaimedNode, InlineChain, StepDependencies } from "./step-job.js";

/** Measures a claim: the step's start and its waiting time. */
export function observeClaim(
  { metrics }: Pick<StepDependencies, "metrics">,
  chain: InlineChain,
  { node, claim }: ClaimedNode,
): void {
  if (claim.skip !== null) return;
  const { role, container, dependencies, step } = node.plan.node;
  const isInline = chain.depth > 0;
  const waitMs = claim.at - claim.readySince;
  // A root of the run has no predecessor, so there is no hand-off to measure.
  const hasPredecessor = container !== null || dependencies.length > 0;
  if (claim.attempt === 1 && hasPredecessor) metrics.handedOff(isInline, waitMs);
  if (!isInline) metrics.queueWaited(chain.job.lease.queue, waitMs);
  if (role === "step" || role === "enter") metrics.stepStarted(claim.run.workflow, step.type);
}

/** Measures and logs an outcome that was just recorded. */
export function observeEnd(
  { metrics, log }: Pick<StepDependencies, "metrics" | "log">,
  chain: InlineChain,
  of: ClaimedNode & { readonly settlements: readonly Settlement[]; readonly at: number },
): void {
  const { node, claim, at } = of;
  for (const settlement of of.settlements) {
    const { event, instance, status } = settlement;
    if (event === undefined || event === "step_entered") continue;
    const template = templateOf(node.plans.graph, instance)?.template ?? "";
    const kind = node.plans.plan(template).node.step.type;
    const isOwn = instance === claim.instance;
    metrics.stepEnded(claim.run.workflow, kind, status, isOwn ? at - startedAt(chain, node, claim) : 0);
    logEnd({ log }, claim, settlement);
  }
}

/** A container started when it was entered, so its exit loads the record of its enter. */
function startedAt({ inputs }: InlineChain, { plan, indexes }: ClaimedNode["node"], claim: ClaimedStep): number {
  if (plan.node.role !== "exit" || plan.own === null) return claim.startedAt;
  const record = inputs.values.get(instanceOf(plan.own.enter, indexes))?.record ?? "";
  return record === "" ? claim.startedAt : (StepRecord.parse(JSON.parse(record)).t ?? claim.startedAt);
}

/** Failures are logged as warnings, other ends at debug level. */
function logEnd({ log }: Pick<StepDependencies, "log">, claim: ClaimedStep, settlement: Settlement): void {
  const { instance, status } = settlement;
  const fields = { run: claim.run.id, workflow: claim.run.workflow, step: instance, attempt: claim.attempt };
  if (status === "failed") log.warn("step failed", { ...fields, error: typeOf(settlement.error) });
  else log.debug(`step ${status}`, status === "skipped" ? { ...fields, reason: settlement.reasonOfSkip } : fields);
}

function typeOf(error: string): string {
  return SerializedError.parse(JSON.parse(error)).type;
}
