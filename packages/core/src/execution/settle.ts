import type { RunId } from "@batonrun/contract";
import type { Settlement } from "../ports/settlement.js";
import type { ClaimedStep, SettleReply } from "../ports/transitions.js";
import type { StepOutcome } from "../run/outcome.js";
import { logAttempt, logEnd } from "./log-step.js";
import { measureEnd } from "./measure-step.js";
import type { NodeEnd, RanNode } from "./run-attempt.js";
import { errorInEvent, settlementsOf } from "./settlement.js";
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
const FIRST_HAND_BACK_MS = 1000;
const MAX_HAND_BACK_MS = 30_000;

/** How the job goes on, or that it does not. */
export type NextStep = ClaimedStep | StepJobEnd | Extract<SettleReply, { kind: "again" }>;

/** Records how the attempt ended, and ends its job unless a dependent goes on in it. */
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

/** Gives a failed attempt back to be tried again; in a run that is closing it is the last one. */
export async function retry(
  dependencies: StepDependencies,
  course: Course,
  work: AtWork & { readonly ran: RanNode; readonly end: Extract<NodeEnd, { kind: "retry" }> },
): Promise<NextStep> {
  const { placed, step, ran, end } = work;
  const reply = await dependencies.transitions.delayStep({
    runId: step.run.id,
    lease: course.job.lease,
    instance: step.instance,
    generation: step.generation,
    attempt: step.attempt,
    delayMs: end.delayMs,
    error: JSON.stringify(end.error),
    data: JSON.stringify({ error: errorInEvent(end.error), delayMs: end.delayMs }),
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

/** What an aborted attempt becomes: nothing, when the lease is lost; a hand-back, when this worker stops; else an outcome. */
export async function aborted(
  dependencies: StepDependencies,
  course: Course,
  work: AtWork & { readonly ran: RanNode; readonly end: Extract<NodeEnd, { kind: "aborted" }> },
): Promise<NextStep> {
  const { placed, step, ran, end } = work;
  if (end.reason === "lease_lost") {
    dependencies.log.warn("lost the lease of a step; another worker may be running it", {
      run: step.run.id,
      step: step.instance,
    });
    return { kind: "ended" };
  }
  if (end.reason === "stopping") {
    const at = { run: step.run.id, step: step.instance, gen: step.generation, attempt: step.attempt };
    return await handBack(dependencies, course, { ...at, reason: "worker_stopping" });
  }
  const error = { type: "cancelled", message: "aborted because the run was cancelled or timed out", retryable: false };
  const settlements = settlementsOf(placed, { status: "cancelled", error });
  return await settle(dependencies, course, { placed, step, ran, settlements });
}

interface HandedBack {
  readonly run: RunId;
  readonly step: string;
  readonly gen: number;
  /** 0: it was not claimed. */
  readonly attempt: number;
  readonly reason: "worker_stopping" | "worker_lacks_action";
}

/** Gives a step back unharmed: at once when this worker stops, else the later the more often nobody could run it. */
export async function handBack(dependencies: StepDependencies, course: Course, at: HandedBack): Promise<StepJobEnd> {
  const reply = await dependencies.transitions.delayStep({
    runId: at.run,
    lease: course.job.lease,
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
  return reply.kind === "lost" ? { kind: "ended" } : await endJob(dependencies, course, at);
}

async function lackingDelayMs({ reader }: StepDependencies, at: HandedBack): Promise<number> {
  const [stored] = await reader.steps(at.run, [at.step], 0);
  return Math.min(FIRST_HAND_BACK_MS * 2 ** (stored?.record?.h ?? 0), MAX_HAND_BACK_MS);
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
  metrics.overdueActionsChanged(1);
  job.keepSlot(overdue.then(() => metrics.overdueActionsChanged(-1)));
}
