import { templateOf } from "../graph/graph.js";
import type { Settlement } from "../ports.js";
import type { AtWork, Course, StepDependencies } from "./step-job.js";

export function measureClaim({ metrics }: StepDependencies, course: Course, { placed, step }: AtWork): void {
  if (step.skip !== null) return;
  const isInline = course.depth > 0;
  if (step.attempt === 1) metrics.handedOff(isInline, step.at - step.queuedAt);
  if (!isInline) metrics.queueWaited(course.job.lease.queue, step.at - step.queuedAt);
  const { role } = placed.plan.node;
  if (role === "step" || role === "enter") metrics.stepStarted(step.run.workflow, placed.plan.node.step.type);
}

export function measureEnd(
  { metrics }: StepDependencies,
  of: AtWork & { readonly settlements: readonly Settlement[]; readonly at: number },
): void {
  for (const settlement of of.settlements) {
    if (settlement.event === undefined || settlement.event === "step_entered") continue;
    const template = templateOf(of.placed.plans.graph, settlement.instance)?.template ?? "";
    const kind = of.placed.plans.plan(template).node.step.type;
    const isOwn = settlement.instance === of.step.instance;
    metrics.stepEnded(of.step.run.workflow, kind, settlement.status, isOwn ? of.at - of.step.startedAt : 0);
  }
}
