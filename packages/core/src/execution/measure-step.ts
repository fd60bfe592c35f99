import { instanceOf, templateOf } from "../graph/graph.js";
import type { Settlement } from "../ports/settlement.js";
import type { ClaimedStep } from "../ports/transitions.js";
import { StepRecord } from "../run/step-record.js";
import type { AtWork, Course, StepDependencies } from "./step-job.js";

export function measureClaim({ metrics }: StepDependencies, course: Course, { placed, step }: AtWork): void {
  if (step.skip !== null) return;
  const { role, container, dependencies } = placed.plan.node;
  const isInline = course.depth > 0;
  const waitMs = step.at - step.readySince;
  // A root of the run has nothing that it could be handed off from.
  const hasPredecessor = container !== null || dependencies.length > 0;
  if (step.attempt === 1 && hasPredecessor) metrics.handedOff(isInline, waitMs);
  if (!isInline) metrics.queueWaited(course.job.lease.queue, waitMs);
  if (role === "step" || role === "enter") metrics.stepStarted(step.run.workflow, placed.plan.node.step.type);
}

export function measureEnd(
  { metrics }: StepDependencies,
  course: Course,
  of: AtWork & { readonly settlements: readonly Settlement[]; readonly at: number },
): void {
  const { placed, step, at } = of;
  for (const { event, instance, status } of of.settlements) {
    if (event === undefined || event === "step_entered") continue;
    const template = templateOf(placed.plans.graph, instance)?.template ?? "";
    const kind = placed.plans.plan(template).node.step.type;
    const isOwn = instance === step.instance;
    metrics.stepEnded(step.run.workflow, kind, status, isOwn ? at - beganAt(course, placed, step) : 0);
  }
}

/** A container began when it was entered: its exit loads the record of its enter. */
function beganAt({ held }: Course, { plan, indexes }: AtWork["placed"], step: ClaimedStep): number {
  if (plan.node.role !== "exit" || plan.own === null) return step.startedAt;
  const record = held.get(instanceOf(plan.own.enter, indexes))?.record ?? "";
  return record === "" ? step.startedAt : (StepRecord.parse(JSON.parse(record)).t ?? step.startedAt);
}
