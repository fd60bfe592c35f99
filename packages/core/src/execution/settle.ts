import type { Settlement } from "../ports/settlement.js";
import type { ClaimedStep, SettleReply } from "../ports/transitions.js";
import { observeEnd } from "./observe.js";
import type { AttemptResult } from "./run-attempt.js";
import type { ClaimedNode, InlineChain, StepDependencies, StepJobEnd } from "./step-job.js";

const MAX_INLINE_DEPTH = 50;
const MAX_INLINE_MS = 1000;

/** The job's next step, or how the job ended. */
export type NextStep = ClaimedStep | StepJobEnd | Extract<SettleReply, { kind: "again" }>;

/** An ended attempt with its result. */
export interface EndedAttempt extends ClaimedNode, Pick<AttemptResult, "overdue"> {
  readonly settlements: readonly Settlement[];
}

/** Records how the attempt ended. Ends its job unless a dependent continues in it. */
export async function settle(
  dependencies: StepDependencies,
  chain: InlineChain,
  ended: EndedAttempt,
): Promise<NextStep> {
  const { node, claim, overdue, settlements } = ended;
  const { job, inputs } = chain;
  const [own] = settlements;
  inputs.clearWhenFull();
  const reply = await dependencies.transitions.settleStep({
    runId: claim.run.id,
    lease: job.lease,
    instance: claim.instance,
    generation: claim.generation,
    attempt: claim.attempt,
    settlements,
    inline: overdue === undefined && mayContinueInline(dependencies, chain),
    fetch: overdue === undefined && job.mayFetch(),
    priority: job.priority,
    depth: chain.depth,
    held: inputs.namesFor(settlements),
    log: own === undefined ? undefined : `${own.instance} ${own.status}`,
  });
  if (reply.kind === "inline" || reply.kind === "finished") {
    observeEnd(dependencies, chain, { node, claim, settlements, at: reply.at });
    if (own !== undefined) inputs.addOutcome(claim, own, reply.at);
  }
  if (overdue !== undefined) keepSlot(dependencies, chain, overdue);
  return nextStep(chain, reply);
}

function mayContinueInline(
  { isQueueFree, monotonicMs }: StepDependencies,
  { job, startedAt, depth }: InlineChain,
): boolean {
  if (!job.mayFetch() || depth + 1 >= MAX_INLINE_DEPTH) return false;
  return monotonicMs() - startedAt < MAX_INLINE_MS && isQueueFree(job.lease.queue);
}

function nextStep(chain: InlineChain, reply: SettleReply): NextStep {
  if (reply.kind !== "inline" && reply.kind !== "again") return { kind: "ended" };
  chain.depth += 1;
  return reply.kind === "inline" ? reply.step : reply;
}

/** The step is already settled or handed back. Its running action only occupies a slot and is counted as overdue. */
export function keepSlot({ metrics }: StepDependencies, { job }: InlineChain, overdue: Promise<void>): void {
  metrics.overdueActionsChanged(1);
  job.keepSlot(overdue.then(() => metrics.overdueActionsChanged(-1)));
}
