import { instanceOf } from "../graph/graph.js";
import { findNode } from "../plan/node-instance.js";
import type { ClaimedStep } from "../ports/transitions.js";
import { endJob, handBack } from "./hand-back.js";
import { canRun, type InlineChain, JobData, type StepDependencies, type StepJobEnd } from "./step-job.js";

/**
 * Claims in a separate round trip: the fetch could not, or the job resumes an inline step after its worker vanished.
 * `again`: the reply to an inline claim was lost, so the same attempt is returned.
 */
export async function claimStep(
  dependencies: StepDependencies,
  chain: InlineChain,
  how: { readonly instance?: string; readonly again?: true },
): Promise<ClaimedStep | StepJobEnd> {
  const { job } = chain;
  const data = JobData.parse(job.data);
  const [run, inlineAt] = await Promise.all([
    dependencies.reader.run(data.run),
    dependencies.reader.inlinePosition(data.run, job.lease.id),
  ]);
  if (run === null) return await endJob(dependencies, chain, data);
  const instance = how.instance ?? inlineAt ?? data.step;
  // An inline step is in generation 0, whatever generation the job's own step has.
  const at = { run: data.run, step: instance, gen: instance === data.step ? data.gen : 0 };
  const plans = await dependencies.plans.find(dependencies.graphs, run);
  const node = plans === null ? null : findNode(plans, instance, run.priority);
  if (node === null || !canRun(dependencies, node)) {
    return await handBack(dependencies, chain, { ...at, attempt: 0, reason: "worker_lacks_action" });
  }
  const reply = await dependencies.transitions.claimStep({
    runId: data.run,
    lease: job.lease,
    instance,
    generation: at.gen,
    role: node.plan.node.role,
    loads: node.plan.loads.map((name) => instanceOf(name, node.indexes)),
    ...(how.again ? { again: true } : {}),
  });
  switch (reply.kind) {
    case "claimed":
      return reply.step;
    case "elsewhere":
      return await claimStep(dependencies, chain, { ...how, instance: reply.instance });
    case "early":
      return { kind: "early", waitMs: reply.waitMs };
    case "lost":
      return { kind: "ended" };
    case "settled":
    case "closed":
    case "gone":
      return await endJob(dependencies, chain, data);
  }
}
