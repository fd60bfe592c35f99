import type { RunId } from "../ids.js";
import type { ClaimedStep, Settlement, SettleReply } from "../ports.js";
import type { StepOutcome } from "../run/outcome.js";
import { logAttempt, logEnd } from "./log-step.js";
import { measureEnd } from "./measure-step.js";
import type { NodeEnd, RanNode } from "./run-node.js";
import { settlementsOf } from "./settlement.js";
import {
  type AtWork,
  type Course,
  forgetWhenFull,
  holdOwn,
  type StepDependencies,
  type StepJobEnd,
} from "./step-job.js";

const MAX_INLINE_DEPTH = 50;
const MAX_INLINE_MS = 1000;
export const FIRST_HAND_BACK_MS = 1000;
const MAX_HAND_BACK_MS = 30_000;

/** How the job goes on, or that it does not. */
export type NextStep = ClaimedStep | StepJobEnd | Extract<SettleReply, { kind: "again" }>;

export async function settle(
  dependencies: StepDependencies,
  course: Course,
  work: AtWork & { readonly ran: RanNode; readonly settlements: readonly Settlement[] },
): Promise<NextStep> {
  const { placed, step, ran, settlements } = work;
  const { job } = course;
  const isOverdue = ran.overdue !== undefined;
  forgetWhenFull(course);
  const own = settlements[0];
  const reply = await dependencies.transitions.settleStep({
    runId: step.run.id,
    lease: job.lease,
    instance: step.instance,
    generation: step.generation,
    attempt: step.attempt,
    settlements,
    inline: !isOverdue && mayGoOnInline(dependencies, course),
    fetch: !isOverdue && job.mayFetch(),
    priority: job.priority,
    depth: course.depth,
    held: heldForNext(course, settlements),
    ...(own === undefined ? {} : { log: `${own.instance} ${own.status}` }),
  });
  if (reply.kind === "inline" || reply.kind === "finished") {
    measureEnd(dependencies, course, { placed, step, settlements, at: reply.at });
    logEnd(dependencies, step, settlements);
    holdOwn(course, { step, own, at: reply.at });
  }
  if (ran.overdue !== undefined) keepSlot(dependencies, course, ran.overdue);
  return goOn(course, reply);
}

/** Of what the job holds and has just made, what the steps that may come next read: it is not loaded again. */
function heldForNext({ held }: Course, settlements: readonly Settlement[]): readonly string[] {
  const own = settlements[0];
  if (own === undefined) return [];
  const wanted = new Set<string>();
  for (const { dependents } of settlements) {
    for (const { route } of dependents) {
      for (const name of route.loads ?? []) if (name === own.instance || held.has(name)) wanted.add(name);
    }
  }
  return [...wanted];
}

function goOn(course: Course, reply: SettleReply): NextStep {
  if (reply.kind !== "inline" && reply.kind !== "again") return { kind: "ended" };
  course.depth += 1;
  return reply.kind === "inline" ? reply.step : reply;
}

export async function retry(
  dependencies: StepDependencies,
  course: Course,
  work: AtWork & { readonly ran: RanNode; readonly end: Extract<NodeEnd, { kind: "retry" }> },
): Promise<NextStep> {
  const { placed, step, ran, end } = work;
  const { type, message } = end.error;
  const reply = await dependencies.transitions.delayStep({
    runId: step.run.id,
    lease: course.job.lease,
    instance: step.instance,
    generation: step.generation,
    attempt: step.attempt,
    delayMs: end.delayMs,
    error: JSON.stringify(end.error),
    data: JSON.stringify({ error: { type, message: message.slice(0, 500) }, delayMs: end.delayMs }),
  });
  if (reply.kind === "delayed") {
    logAttempt(dependencies, step, { message: "step retries", error: end.error.type, delayMs: end.delayMs });
    dependencies.metrics.stepRetried(step.run.workflow, placed.plan.node.step.type);
    if (ran.overdue !== undefined) keepSlot(dependencies, course, ran.overdue);
    return { kind: "delayed" };
  }
  if (reply.kind === "closed") {
    const outcome: StepOutcome = { status: "failed", error: end.error };
    return await settle(dependencies, course, { placed, step, ran, settlements: settlementsOf(placed, outcome) });
  }
  return { kind: reply.kind === "recorded" ? "delayed" : "ended" };
}

export async function aborted(
  dependencies: StepDependencies,
  course: Course,
  work: AtWork & { readonly ran: RanNode; readonly end: Extract<NodeEnd, { kind: "aborted" }> },
): Promise<NextStep> {
  const { placed, step, ran, end } = work;
  if (end.reason === "lease_lost") {
    dependencies.log.warn("the lease of a step was lost: another worker may have it", {
      run: step.run.id,
      step: step.instance,
    });
    return { kind: "ended" };
  }
  if (end.reason === "stopping") {
    const at = { run: step.run.id, step: step.instance, gen: step.generation, attempt: step.attempt };
    return await handBack(dependencies, course, { ...at, delayMs: 0 });
  }
  const error = { type: "cancelled", message: "aborted: its run was cancelled or timed out", retryable: false };
  const settlements = settlementsOf(placed, { status: "cancelled", error });
  return await settle(dependencies, course, { placed, step, ran, settlements });
}

interface HandedBack {
  readonly run: RunId;
  readonly step: string;
  readonly gen: number;
  readonly attempt: number;
  readonly delayMs: number;
}

export async function handBack(dependencies: StepDependencies, course: Course, at: HandedBack): Promise<StepJobEnd> {
  const reason = at.delayMs === 0 ? "worker_stopping" : "worker_lacks_action";
  const doubled = at.delayMs * 2 ** Math.min(await handBacksSoFar(dependencies, at), 5);
  const reply = await dependencies.transitions.delayStep({
    runId: at.run,
    lease: course.job.lease,
    instance: at.step,
    generation: at.gen,
    attempt: at.attempt,
    delayMs: Math.min(doubled, MAX_HAND_BACK_MS),
    data: JSON.stringify({ reason }),
  });
  if (reply.kind === "delayed") {
    dependencies.log.info("step handed back", { run: at.run, step: at.step, reason });
  }
  if (reply.kind === "delayed" || reply.kind === "recorded") return { kind: "delayed" };
  return reply.kind === "lost" ? { kind: "ended" } : await endJob(dependencies, course, at);
}

async function handBacksSoFar({ reader }: StepDependencies, at: HandedBack): Promise<number> {
  if (at.delayMs === 0) return 0;
  const [stored] = await reader.steps(at.run, [at.step], 0);
  return stored?.record?.h ?? 0;
}

/** Only ends the job: its step is settled, its run is closing, or gone. */
export async function endJob(
  { transitions }: StepDependencies,
  { job, depth }: Course,
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

function mayGoOnInline({ isQueueFree, monotonicMs }: StepDependencies, { job, beganAt, depth }: Course): boolean {
  if (!job.mayFetch() || depth + 1 >= MAX_INLINE_DEPTH) return false;
  return monotonicMs() - beganAt < MAX_INLINE_MS && isQueueFree(job.lease.queue);
}

/** Its step is settled or given back; what still runs of it is only counted, and keeps its slot. */
function keepSlot({ metrics }: StepDependencies, { job }: Course, overdue: Promise<void>): void {
  metrics.overdueActions(1);
  job.keepSlot(overdue.then(() => metrics.overdueActions(-1)));
}
