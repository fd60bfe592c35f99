import { z } from "zod";
import { GRAPH_FORMAT, instanceOf, templateOf } from "../graph/graph.js";
import { RunId } from "../ids.js";
import type { ClaimedStep, Lease, LoadedInput, Settlement, SettleReply, Transitions } from "../ports.js";
import type { StepOutcome } from "../run/outcome.js";
import type { ActiveSteps } from "./active-steps.js";
import { enteredSettlements, ownContainer, writeItems } from "./enter-container.js";
import type { GraphCache } from "./graph-cache.js";
import type { GraphPlan } from "./node-plan.js";
import type { PlanCache } from "./plan-cache.js";
import { type NodeDependencies, type NodeEnd, type RanNode, runNode } from "./run-node.js";
import { type PlacedNode, settlementsOf } from "./settlement.js";

/**
 * One job: the step that it was made for, and those that go on inline behind it.
 * E1  what this process believes counts for nothing: each script checks the lease and the attempt.
 * E2  nothing is scheduled after the job was ended: the processor returns at once, or only waits for an overdue action.
 * E3  a step is never failed for what the worker lacks: it is handed back.
 */
export interface StepDependencies extends NodeDependencies {
  readonly transitions: Pick<Transitions, "claimStep" | "settleStep" | "delayStep" | "writeItems">;
  readonly graphs: GraphCache;
  readonly plans: PlanCache;
  readonly active: ActiveSteps;
  /** Whether the queue has neither limiter nor pause. */
  readonly isQueueFree: (queue: string) => boolean;
  /** Milliseconds, monotonic: only how long a job has gone on inline is measured with it. */
  readonly monotonicMs: () => number;
}

/** A job as the queue hands it over. */
export interface StepJob {
  readonly lease: Lease;
  readonly data: unknown;
  readonly priority: number;
  readonly claim: ClaimedStep | null;
  readonly signal: AbortSignal;
  progress(fraction: number): void;
  mayFetch(): boolean;
}

/** `ended`: a script ended or delayed the job; a number: BullMQ is to delay it that many ms. */
export type StepJobEnd = { readonly kind: "ended" | "delayed" } | { readonly kind: "early"; readonly waitMs: number };

/** What a job's data holds: ids, never payloads. */
const JobData = z.object({
  run: RunId,
  step: z.string(),
  gen: z.number().int(),
  role: z.enum(["step", "enter", "exit", "item"]),
  format: z.number().int(),
});

const MAX_INLINE_DEPTH = 50;
const MAX_INLINE_MS = 1000;
const MAX_CRASHES = 5;
const MAX_HELD_BYTES = 1024 * 1024;
const FIRST_HAND_BACK_MS = 1000;
const MAX_HAND_BACK_MS = 30_000;

/** What one job carries from step to step. */
interface Course {
  readonly job: StepJob;
  readonly beganAt: number;
  readonly held: Map<string, LoadedInput>;
  heldBytes: number;
  depth: number;
  handBacks: number;
}

export async function executeStep(dependencies: StepDependencies, job: StepJob): Promise<StepJobEnd> {
  const course: Course = {
    job,
    beganAt: dependencies.monotonicMs(),
    held: new Map(),
    heldBytes: 0,
    depth: 0,
    handBacks: 0,
  };
  let next: ClaimedStep | StepJobEnd = job.claim ?? (await claim(dependencies, course, {}));
  while ("instance" in next) next = await attemptStep(dependencies, course, next);
  return next;
}

/** Claims in a trip of its own: the fetch could not, or the job goes on where it went on inline before its worker vanished. */
async function claim(
  dependencies: StepDependencies,
  course: Course,
  how: { readonly instance?: string; readonly again?: true },
): Promise<ClaimedStep | StepJobEnd> {
  const { job } = course;
  const data = JobData.parse(job.data);
  const run = await dependencies.reader.run(data.run);
  if (run === null) return await endJob(dependencies, course, data);
  const instance = how.instance ?? data.step;
  const plans = await dependencies.plans.find(dependencies.graphs, run);
  const placed = plans === null ? null : place(plans, instance, run.priority);
  if (placed === null || !canRun(dependencies, placed)) {
    return await handBack(dependencies, course, { ...data, step: instance, attempt: 0, delayMs: FIRST_HAND_BACK_MS });
  }
  const reply = await dependencies.transitions.claimStep({
    runId: data.run,
    lease: job.lease,
    instance,
    generation: data.gen,
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

async function attemptStep(
  dependencies: StepDependencies,
  course: Course,
  step: ClaimedStep,
): Promise<ClaimedStep | StepJobEnd> {
  const plans = await dependencies.plans.find(dependencies.graphs, { ...step.run, format: GRAPH_FORMAT });
  const placed = plans === null ? null : place(plans, step.instance, step.run.priority);
  const at = { run: step.run.id, step: step.instance, gen: step.generation, attempt: step.attempt };
  if (placed === null || (!step.skip && !canRun(dependencies, placed))) {
    return await handBack(dependencies, course, { ...at, delayMs: FIRST_HAND_BACK_MS });
  }
  measureClaim(dependencies, course, { placed, step });
  const ran = await run(dependencies, course, { placed, step });
  const { end } = ran;
  switch (end.kind) {
    case "outcome":
      return await settle(dependencies, course, { placed, step, ran, settlements: settlementsOf(placed, end.outcome) });
    case "entered": {
      const isWritten = await storeItems(dependencies, course, { placed, step, end });
      if (!isWritten) return { kind: "ended" };
      return await settle(dependencies, course, { placed, step, ran, settlements: enteredSettlements(placed, end.decision) });
    }
    case "retry":
      return await retry(dependencies, course, { placed, step, ran, end });
    case "aborted":
      return await aborted(dependencies, course, { placed, step, ran, end });
  }
}

interface AtWork {
  readonly placed: PlacedNode;
  readonly step: ClaimedStep;
}

async function run(dependencies: StepDependencies, course: Course, { placed, step }: AtWork): Promise<RanNode> {
  if (step.skip !== null) return { end: { kind: "outcome", outcome: { status: "skipped", reason: step.skip } } };
  if (step.crashes >= MAX_CRASHES) {
    const message = `the workers that ran this step vanished ${step.crashes} times; it is not tried again`;
    const error = { type: "poisoned", message, retryable: false };
    return { end: { kind: "outcome", outcome: { status: "failed", error } } };
  }
  const loaded = await loadedInputs(dependencies, course, { placed, step });
  const attempt = dependencies.active.begin(step.run.id, course.job.signal);
  try {
    return await runNode(dependencies, { placed, step, loaded, abort: attempt.signal, progress: course.job.progress });
  } finally {
    attempt.end();
  }
}

/** What the claim loaded and what the job holds. A claim that could not name what to load loads it here. */
async function loadedInputs(
  dependencies: StepDependencies,
  course: Course,
  { placed, step }: AtWork,
): Promise<ReadonlyMap<string, LoadedInput>> {
  if (step.inputs === null) {
    const names = placed.plan.loads.map((name) => instanceOf(name, placed.indexes));
    for (const input of await dependencies.reader.inputs(step.run.id, names)) hold(course, input);
    return new Map(course.held);
  }
  for (const input of step.inputs) hold(course, input);
  return course.held;
}

function hold(course: Course, input: LoadedInput): void {
  course.held.set(input.name, input);
  course.heldBytes += input.value.length;
}

async function settle(
  dependencies: StepDependencies,
  course: Course,
  work: AtWork & { readonly ran: RanNode; readonly settlements: readonly Settlement[] },
): Promise<ClaimedStep | StepJobEnd> {
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
    held: [...course.held.keys(), ...(own === undefined ? [] : [own.instance])],
    ...(own === undefined ? {} : { log: `${own.instance} ${own.status}` }),
  });
  if (reply.kind === "inline" || reply.kind === "finished") {
    measureEnd(dependencies, { placed, step, settlements, at: reply.at });
    holdOwn(course, { step, own, at: reply.at });
  }
  if (ran.overdue !== undefined) await waitForOverdue(dependencies, ran.overdue);
  return await goOn(dependencies, course, reply);
}

async function goOn(
  dependencies: StepDependencies,
  course: Course,
  reply: SettleReply,
): Promise<ClaimedStep | StepJobEnd> {
  if (reply.kind === "inline") {
    course.depth += 1;
    return reply.step;
  }
  if (reply.kind === "again") {
    course.depth += 1;
    return await claim(dependencies, course, { instance: reply.instance, again: true });
  }
  return { kind: "ended" };
}

async function retry(
  dependencies: StepDependencies,
  course: Course,
  work: AtWork & { readonly ran: RanNode; readonly end: Extract<NodeEnd, { kind: "retry" }> },
): Promise<ClaimedStep | StepJobEnd> {
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
    dependencies.metrics.stepRetried(step.run.workflow, placed.plan.node.step.type);
    if (ran.overdue !== undefined) await waitForOverdue(dependencies, ran.overdue);
    return { kind: "delayed" };
  }
  if (reply.kind === "closed") {
    const outcome: StepOutcome = { status: "failed", error: end.error };
    return await settle(dependencies, course, { placed, step, ran, settlements: settlementsOf(placed, outcome) });
  }
  return { kind: reply.kind === "recorded" ? "delayed" : "ended" };
}

async function aborted(
  dependencies: StepDependencies,
  course: Course,
  work: AtWork & { readonly ran: RanNode; readonly end: Extract<NodeEnd, { kind: "aborted" }> },
): Promise<ClaimedStep | StepJobEnd> {
  const { placed, step, ran, end } = work;
  if (end.reason === "lease_lost") {
    dependencies.log.warn("the lease of a step was lost: another worker may have it", { run: step.run.id, step: step.instance });
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

async function handBack(dependencies: StepDependencies, course: Course, at: HandedBack): Promise<StepJobEnd> {
  const doubled = at.delayMs * 2 ** Math.min(await handBacksSoFar(dependencies, at), 5);
  const reply = await dependencies.transitions.delayStep({
    runId: at.run,
    lease: course.job.lease,
    instance: at.step,
    generation: at.gen,
    attempt: at.attempt,
    delayMs: Math.min(doubled, MAX_HAND_BACK_MS),
    data: JSON.stringify({ reason: at.delayMs === 0 ? "worker_stopping" : "worker_lacks_action" }),
  });
  if (reply.kind === "delayed" || reply.kind === "recorded") return { kind: "delayed" };
  return reply.kind === "lost" ? { kind: "ended" } : await endJob(dependencies, course, at);
}

async function handBacksSoFar({ reader }: StepDependencies, at: HandedBack): Promise<number> {
  if (at.delayMs === 0) return 0;
  const [stored] = await reader.steps(at.run, [at.step], 0);
  return stored?.record?.h ?? 0;
}

/** Only ends the job: its step is settled, its run is closing, or gone. */
async function endJob(
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

function place(plans: GraphPlan, instance: string, priority: number): PlacedNode | null {
  const found = templateOf(plans.graph, instance);
  return found === null ? null : { plans, plan: plans.plan(found.template), indexes: found.indexes, priority };
}

function canRun({ actions }: StepDependencies, { plan: { node } }: PlacedNode): boolean {
  return node.role !== "step" || (node.step.type === "action" && actions.has(node.step.action));
}

function mayGoOnInline({ isQueueFree, monotonicMs }: StepDependencies, { job, beganAt, depth }: Course): boolean {
  if (!job.mayFetch() || depth + 1 >= MAX_INLINE_DEPTH) return false;
  return monotonicMs() - beganAt < MAX_INLINE_MS && isQueueFree(job.lease.queue);
}

async function storeItems(
  { transitions }: StepDependencies,
  { job }: Course,
  { placed, step, end }: AtWork & { readonly end: Extract<NodeEnd, { kind: "entered" }> },
): Promise<boolean> {
  if (end.decision.kind !== "items") return true;
  const map = instanceOf(ownContainer(placed).id, placed.indexes);
  return await writeItems(transitions, { runId: step.run.id, lease: job.lease }, { map, items: end.decision.items });
}

/** The next step inline reads this one's result from here, not from Redis. */
function holdOwn(
  course: Course,
  of: { readonly step: ClaimedStep; readonly own: Settlement | undefined; readonly at: number },
): void {
  const { step, own, at } = of;
  if (own === undefined) return;
  const record = { s: own.status, a: step.attempt, f: step.failures, k: step.crashes, t: step.startedAt, e: at, x: own.error };
  hold(course, { name: own.instance, record: JSON.stringify(record), value: own.result ?? "" });
}

function forgetWhenFull(course: Course): void {
  if (course.heldBytes < MAX_HELD_BYTES) return;
  course.held.clear();
  course.heldBytes = 0;
}

async function waitForOverdue({ metrics }: StepDependencies, overdue: Promise<void>): Promise<void> {
  metrics.overdueActions(1);
  await overdue;
  metrics.overdueActions(-1);
}

function measureClaim({ metrics }: StepDependencies, course: Course, { placed, step }: AtWork): void {
  if (step.skip !== null) return;
  const isInline = course.depth > 0;
  if (step.attempt === 1) metrics.handedOff(isInline, step.at - step.queuedAt);
  if (!isInline) metrics.queueWaited(course.job.lease.queue, step.at - step.queuedAt);
  if (placed.plan.node.role === "step") metrics.stepStarted(step.run.workflow, placed.plan.node.step.type);
}

function measureEnd(
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
