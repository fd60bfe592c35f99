import { instanceOf } from "../graph/graph.js";
import type { ClaimedStep } from "../ports/transitions.js";
import { endJob, handBack } from "./settle.js";
import { type Course, canRun, JobData, place, type StepDependencies, type StepJobEnd } from "./step-job.js";

/** Claims in a trip of its own: the fetch could not, or the job goes on where it went on inline before its worker vanished. */
export async function claim(
  dependencies: StepDependencies,
  course: Course,
  how: { readonly instance?: string; readonly again?: true },
): Promise<ClaimedStep | StepJobEnd> {
  const { job } = course;
  const data = JobData.parse(job.data);
  const [run, cursor] = await Promise.all([
    dependencies.reader.run(data.run),
    dependencies.reader.cursor(data.run, job.lease.id),
  ]);
  if (run === null) return await endJob(dependencies, course, data);
  const instance = how.instance ?? cursor ?? data.step;
  // What went on inline stands in generation 0, whatever the job's own step does.
  const at = { run: data.run, step: instance, gen: instance === data.step ? data.gen : 0 };
  const plans = await dependencies.plans.find(dependencies.graphs, run);
  const placed = plans === null ? null : place(plans, instance, run.priority);
  if (placed === null || !canRun(dependencies, placed)) {
    return await handBack(dependencies, course, { ...at, attempt: 0, reason: "worker_lacks_action" });
  }
  const reply = await dependencies.transitions.claimStep({
    runId: data.run,
    lease: job.lease,
    instance,
    generation: at.gen,
    role: placed.plan.node.role,
    loads: placed.plan.loads.map((name) => instanceOf(name, placed.indexes)),
    ...(how.again ? { again: true } : {}),
  });
  switch (reply.kind) {
    case "claimed":
      return reply.step;
    case "cursor":
      return await claim(dependencies, course, { ...how, instance: reply.instance });
    case "early":
      return { kind: "early", waitMs: reply.waitMs };
    case "lost":
      return { kind: "ended" };
    case "settled":
    case "closed":
    case "gone":
      return await endJob(dependencies, course, data);
  }
}
