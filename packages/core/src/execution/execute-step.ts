import { GRAPH_FORMAT, instanceOf } from "../graph/graph.js";
import type { EnterDecision } from "../kinds/kind.js";
import { enteredSettlements } from "../plan/enter-settlements.js";
import { findNode, ownContainer } from "../plan/node-instance.js";
import { settlementsOf } from "../plan/settlements.js";
import type { LoadedInput } from "../ports/run-reader.js";
import type { ClaimedStep } from "../ports/transitions.js";
import { claimStep } from "./claim.js";
import { endAborted, handBack, retry } from "./hand-back.js";
import { observeClaim } from "./observe.js";
import { type AttemptResult, runAttempt } from "./run-attempt.js";
import { type NextStep, settle } from "./settle.js";
import {
  type ClaimedNode,
  canRun,
  type InlineChain,
  type StepDependencies,
  type StepJob,
  type StepJobEnd,
  startChain,
} from "./step-job.js";
import { watchSla } from "./watch-sla.js";

const MAX_CRASHES = 5;
/** Number of items written per round trip. */
const ITEMS_PER_TRIP = 500;

/**
 * Runs one job: its own step, and the steps that continue inline after it.
 * EX1 The local state of this process does not count: each script checks the lease and the attempt.
 * EX2 Nothing is scheduled after the job has ended: the processor returns at once, or only waits for an overdue action.
 * EX3 A step never fails for something that the worker lacks: it is handed back.
 */
export async function executeStep(dependencies: StepDependencies, job: StepJob): Promise<StepJobEnd> {
  const chain = startChain(dependencies, job);
  let next: NextStep = job.claim ?? (await claimStep(dependencies, chain, {}));
  for (;;) {
    if ("kind" in next && next.kind !== "again") return next;
    next =
      "kind" in next
        ? await claimStep(dependencies, chain, { ...next, again: true })
        : await executeClaim(dependencies, chain, next);
  }
}

async function executeClaim(dependencies: StepDependencies, chain: InlineChain, claim: ClaimedStep): Promise<NextStep> {
  const plans = await dependencies.plans.find(dependencies.graphs, { ...claim.run, format: GRAPH_FORMAT });
  const node = plans === null ? null : findNode(plans, claim.instance, claim.run.priority);
  const at = { run: claim.run.id, step: claim.instance, gen: claim.generation, attempt: claim.attempt };
  if (node === null || (claim.skip === null && !canRun(dependencies, node))) {
    return await handBack(dependencies, chain, { ...at, reason: "worker_lacks_action" });
  }
  observeClaim(dependencies, chain, { node, claim });
  const { end, overdue } = await attempt(dependencies, chain, { node, claim });
  return await endAttempt(dependencies, chain, { node, claim, end, overdue });
}

async function endAttempt(
  dependencies: StepDependencies,
  chain: InlineChain,
  ended: ClaimedNode & AttemptResult,
): Promise<NextStep> {
  const { node, claim, end, overdue } = ended;
  switch (end.kind) {
    case "outcome":
      return await settle(dependencies, chain, { node, claim, overdue, settlements: settlementsOf(node, end.outcome) });
    case "entered": {
      const isWritten = await writeItems(dependencies, chain, { node, claim, decision: end.decision });
      if (!isWritten) return { kind: "ended" };
      return await settle(dependencies, chain, {
        node,
        claim,
        overdue,
        settlements: enteredSettlements(node, end.decision),
      });
    }
    case "retry":
      return await retry(dependencies, chain, { node, claim, overdue, end });
    case "aborted":
      return await endAborted(dependencies, chain, { node, claim, overdue, end });
  }
}

async function attempt(
  dependencies: StepDependencies,
  chain: InlineChain,
  { node, claim }: ClaimedNode,
): Promise<AttemptResult> {
  if (claim.skip !== null) return { end: { kind: "outcome", outcome: { status: "skipped", reason: claim.skip } } };
  if (claim.crashes >= MAX_CRASHES) {
    const message = `${claim.crashes} worker crashes while running this step; it will not be retried`;
    const error = { type: "poisoned", message, retryable: false };
    return { end: { kind: "outcome", outcome: { status: "failed", error } } };
  }
  const loaded = await loadedInputs(dependencies, chain, { node, claim });
  const active = dependencies.active.begin(claim.run.id, chain.job.signal);
  const endWatch = watchSla(dependencies, chain, { node, claim });
  try {
    const { progress } = chain.job;
    return await runAttempt(dependencies, { node, claim, loaded, abort: active.signal, progress });
  } finally {
    await endWatch();
    active.end();
  }
}

/** Combines what the claim loaded with the job's cache. Loads the inputs here if the claim could not name them. */
async function loadedInputs(
  { reader }: StepDependencies,
  { inputs }: InlineChain,
  { node, claim }: ClaimedNode,
): Promise<ReadonlyMap<string, LoadedInput>> {
  const names = node.plan.loads.map((name) => instanceOf(name, node.indexes));
  for (const input of claim.inputs ?? (await reader.inputs(claim.run.id, names))) inputs.add(input);
  return inputs.values;
}

/** Stores the items of a repeated body before its enter is settled. One round trip per 500; false: the lease is lost. */
async function writeItems(
  { transitions }: StepDependencies,
  { job }: InlineChain,
  { node, claim, decision }: ClaimedNode & { readonly decision: EnterDecision },
): Promise<boolean> {
  if (decision.kind !== "items") return true;
  const container = instanceOf(ownContainer(node).id, node.indexes);
  for (let start = 0; start < decision.items.length; start += ITEMS_PER_TRIP) {
    const chunk = decision.items.slice(start, start + ITEMS_PER_TRIP);
    const flat = chunk.flatMap((item, offset) => [`${container}.${start + offset}`, JSON.stringify(item) ?? "null"]);
    if (!(await transitions.writeItems(claim.run.id, job.lease, flat))) return false;
  }
  return true;
}
