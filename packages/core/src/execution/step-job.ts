import { RunId } from "@batonrun/contract";
import { z } from "zod";
import { templateOf } from "../graph/graph.js";
import type { GraphCache } from "../plan/graph-cache.js";
import type { GraphPlan } from "../plan/node-plan.js";
import type { PlanCache } from "../plan/plan-cache.js";
import type { LoadedInput } from "../ports/run-reader.js";
import type { Settlement } from "../ports/settlement.js";
import type { ClaimedStep, Lease, SlaNotes, Transitions } from "../ports/transitions.js";
import type { ActiveSteps } from "./active-steps.js";
import type { NodeDependencies } from "./run-attempt.js";
import type { PlacedNode } from "./settlement.js";

export interface StepDependencies extends NodeDependencies {
  readonly transitions: Pick<Transitions, "claimStep" | "settleStep" | "delayStep" | "writeItems"> & SlaNotes;
  readonly graphs: GraphCache;
  readonly plans: PlanCache;
  readonly active: ActiveSteps;
  /** Whether the queue has neither limiter nor pause. */
  readonly isQueueFree: (queue: string) => boolean;
  /** Milliseconds, monotonic: for how long a job goes on inline, and a step is at work. Nothing of it is stored. */
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
  keepSlot(until: Promise<void>): void;
  mayFetch(): boolean;
}

/** `ended`, `delayed`: a script did that to the job, or its lease is lost; `early`: nothing was done, it is not due yet. */
export type StepJobEnd = { readonly kind: "ended" | "delayed" } | { readonly kind: "early"; readonly waitMs: number };

/** Of a job's data, what a claim in a trip of its own needs; the rest is for the claim that the fetch makes. */
export const JobData = z.object({ run: RunId, step: z.string(), gen: z.number().int() });

/** The longest that a timer of Node takes. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
const MAX_HELD_BYTES = 1024 * 1024;

/** What one job carries from step to step. */
export interface Course {
  readonly job: StepJob;
  readonly beganAt: number;
  readonly held: Map<string, LoadedInput>;
  heldBytes: number;
  depth: number;
}

export function beginCourse({ monotonicMs }: StepDependencies, job: StepJob): Course {
  return { job, beganAt: monotonicMs(), held: new Map(), heldBytes: 0, depth: 0 };
}

/** A step that this process claimed. */
export interface AtWork {
  readonly placed: PlacedNode;
  readonly step: ClaimedStep;
}

export function hold(course: Course, input: LoadedInput): void {
  course.held.set(input.name, input);
  course.heldBytes += input.value.length;
}

/** The next step inline reads this one's result from here, not from Redis. */
export function holdOwn(
  course: Course,
  of: { readonly step: ClaimedStep; readonly own: Settlement | undefined; readonly at: number },
): void {
  const { step, own, at } = of;
  if (own === undefined) return;
  const record = {
    s: own.status,
    a: step.attempt,
    f: step.failures,
    k: step.crashes,
    t: step.startedAt,
    e: at,
    x: own.error,
  };
  hold(course, { name: own.instance, record: JSON.stringify(record), value: own.result ?? "" });
}

/** Between two steps: what is held is never more than one step's beyond the limit. */
export function forgetWhenFull(course: Course): void {
  if (course.heldBytes < MAX_HELD_BYTES) return;
  course.held.clear();
  course.heldBytes = 0;
}

export function place(plans: GraphPlan, instance: string, priority: number): PlacedNode | null {
  const found = templateOf(plans.graph, instance);
  return found === null ? null : { plans, plan: plans.plan(found.template), indexes: found.indexes, priority };
}

export function canRun({ actions }: StepDependencies, { plan: { node } }: PlacedNode): boolean {
  return node.role !== "step" || (node.step.type === "action" && actions.has(node.step.action));
}
