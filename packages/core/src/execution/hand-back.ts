import type { RunId } from "@batonrun/contract";
import { errorInEvent, settlementsOf } from "../plan/settlements.js";
import type { StepOutcome } from "../run/outcome.js";
import type { AttemptEnd, AttemptResult } from "./run-attempt.js";
import { keepSlot, type NextStep, settle } from "./settle.js";
import type { ClaimedNode, InlineChain, StepDependencies, StepJobEnd } from "./step-job.js";

const FIRST_HAND_BACK_MS = 1000;
const MAX_HAND_BACK_MS = 30_000;

type Ended<Kind extends AttemptEnd["kind"]> = ClaimedNode &
  Pick<AttemptResult, "overdue"> & { readonly end: Extract<AttemptEnd, { kind: Kind }> };

/** Returns a failed attempt to its queue for a retry. In a closing run, it was the last attempt. */
export async function retry(
  dependencies: StepDependencies,
  chain: InlineChain,
  { node, claim, overdue, end }: Ended<"retry">,
): Promise<NextStep> {
  const reply = await dependencies.transitions.delayStep({
    runId: claim.run.id,
    lease: chain.job.lease,
    instance: claim.instance,
    generation: claim.generation,
    attempt: claim.attempt,
    delayMs: end.delayMs,
    error: JSON.stringify(end.error),
    data: JSON.stringify({ error: errorInEvent(end.error), delayMs: end.delayMs }),
  });
  if (reply.kind === "delayed") {
    observeRetry(dependencies, { node, claim }, end);
    if (overdue !== undefined) keepSlot(dependencies, chain, overdue);
    return { kind: "delayed" };
  }
  if (reply.kind === "closed") {
    const outcome: StepOutcome = { status: "failed", error: end.error };
    const settlements = settlementsOf(node, outcome);
    return await settle(dependencies, chain, { node, claim, overdue, settlements });
  }
  return { kind: reply.kind === "recorded" ? "delayed" : "ended" };
}

function observeRetry(
  { log, metrics }: StepDependencies,
  { node, claim }: ClaimedNode,
  { error, delayMs }: Ended<"retry">["end"],
): void {
  const { run, instance, attempt } = claim;
  log.info("step will be retried", {
    run: run.id,
    workflow: run.workflow,
    step: instance,
    attempt,
    error: error.type,
    delayMs,
  });
  metrics.stepRetried(run.workflow, node.plan.node.step.type);
}

/** Ends an aborted attempt: no change if the lease is lost, a hand-back on a stopping worker, otherwise an outcome. */
export async function endAborted(
  dependencies: StepDependencies,
  chain: InlineChain,
  { node, claim, overdue, end }: Ended<"aborted">,
): Promise<NextStep> {
  const { run, instance, generation, attempt } = claim;
  if (end.reason === "lease_lost") {
    dependencies.log.warn("lost the lease of a step; another worker may be running it", {
      run: run.id,
      step: instance,
    });
    return { kind: "ended" };
  }
  if (end.reason === "stopping") {
    const at = { run: run.id, step: instance, gen: generation, attempt };
    return await handBack(dependencies, chain, { ...at, reason: "worker_stopping" });
  }
  const error = { type: "cancelled", message: "aborted because the run was cancelled or timed out", retryable: false };
  const settlements = settlementsOf(node, { status: "cancelled", error });
  return await settle(dependencies, chain, { node, claim, overdue, settlements });
}

interface HandedBack {
  readonly run: RunId;
  readonly step: string;
  readonly gen: number;
  /** 0 if it was not claimed. */
  readonly attempt: number;
  readonly reason: "worker_stopping" | "worker_lacks_action";
}

/** Hands a step back without a failure: at once if this worker is stopping, otherwise with a growing delay. */
export async function handBack(
  dependencies: StepDependencies,
  chain: InlineChain,
  at: HandedBack,
): Promise<StepJobEnd> {
  const reply = await dependencies.transitions.delayStep({
    runId: at.run,
    lease: chain.job.lease,
    instance: at.step,
    generation: at.gen,
    attempt: at.attempt,
    delayMs: at.reason === "worker_stopping" ? 0 : await lackingDelayMs(dependencies, at),
    data: JSON.stringify({ reason: at.reason }),
  });
  if (reply.kind === "delayed") {
    dependencies.log.info("step returned to its queue", { run: at.run, step: at.step, reason: at.reason });
  }
  if (reply.kind === "delayed" || reply.kind === "recorded") return { kind: "delayed" };
  return reply.kind === "lost" ? { kind: "ended" } : await endJob(dependencies, chain, at);
}

async function lackingDelayMs({ reader }: StepDependencies, at: HandedBack): Promise<number> {
  const [stored] = await reader.steps(at.run, [at.step], 0);
  return Math.min(FIRST_HAND_BACK_MS * 2 ** (stored?.record?.h ?? 0), MAX_HAND_BACK_MS);
}

/** Only ends the job, because its step is settled or its run is closing or gone. */
export async function endJob(
  { transitions }: StepDependencies,
  { job, depth }: InlineChain,
  at: { readonly run: RunId; readonly step: string; readonly gen: number },
): Promise<StepJobEnd> {
  await transitions.settleStep({
    runId: at.run,
    lease: job.lease,
    instance: at.step,
    generation: at.gen,
    attempt: 0,
    settlements: [],
    inline: false,
    fetch: job.mayFetch(),
    priority: job.priority,
    depth,
    held: [],
  });
  return { kind: "ended" };
}
