import { durationMs } from "@batonrun/contract";
import { MAX_TIMEOUT_MS } from "../definition/retry-policy.js";
import type { ClaimedNode, InlineChain, StepDependencies } from "./step-job.js";

/**
 * While a step runs, records if it exceeds its `sla`, measured from its first attempt. Returns a function that ends the
 * watch. It waits for a pending record, so that a breach is recorded before the step's outcome.
 */
export function watchSla(
  dependencies: StepDependencies,
  chain: InlineChain,
  { node, claim }: ClaimedNode,
): () => Promise<void> {
  const { sla } = node.plan.node.step;
  if (sla === undefined || node.plan.node.role !== "step") return () => Promise.resolve();
  const slaMs = durationMs(sla.duration);
  const leftMs = Math.max(0, slaMs - (claim.at - claim.startedAt));
  const startedAt = dependencies.monotonicMs();
  let recorded: Promise<void> | undefined;
  const record = () => {
    recorded ??= recordBreach(dependencies, chain, { node, claim, slaMs });
    return recorded;
  };
  const timer = setTimeout(record, Math.min(leftMs, MAX_TIMEOUT_MS));
  return async () => {
    clearTimeout(timer);
    // An action that blocked the event loop also delayed the timer.
    if (dependencies.monotonicMs() - startedAt >= leftMs) await record();
    await recorded;
  };
}

async function recordBreach(
  { transitions, metrics, log }: StepDependencies,
  { job }: InlineChain,
  { node, claim, slaMs }: ClaimedNode & { readonly slaMs: number },
): Promise<void> {
  const { instance, generation, attempt, run } = claim;
  const data = JSON.stringify({ slaMs });
  const first = await transitions
    .breachSla({ runId: run.id, lease: job.lease, instance, generation, attempt, data })
    .catch((error: unknown) => {
      log.error("could not record the SLA breach of a step", {
        run: run.id,
        step: instance,
        error: String(error),
      });
      return false;
    });
  if (first) metrics.slaBreached(run.workflow, node.plan.node.step.type);
}
