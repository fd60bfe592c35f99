import { RunId } from "@batonrun/contract";
import { z } from "zod";
import type { Action, ActionLog } from "../actions/define-action.js";
import type { GraphCache } from "../plan/graph-cache.js";
import type { NodeInstance } from "../plan/node-instance.js";
import { actionOf } from "../plan/node-plan.js";
import type { PlanCache } from "../plan/plan-cache.js";
import type { Metrics } from "../ports/metrics.js";
import type { InputReader, RunReader } from "../ports/run-reader.js";
import type { ClaimedStep, Lease, Transitions } from "../ports/transitions.js";
import type { ActiveSteps } from "./active-steps.js";
import { InputCache } from "./input-cache.js";
import type { Scrub } from "./scrub-secrets.js";

/** The process-level dependencies of step execution. */
export interface StepDependencies {
  readonly transitions: Pick<Transitions, "claimStep" | "settleStep" | "delayStep" | "writeItems" | "breachSla">;
  readonly reader: Pick<RunReader, "run" | "document" | "steps" | "counters"> & InputReader;
  readonly graphs: GraphCache;
  readonly plans: PlanCache;
  readonly active: ActiveSteps;
  readonly actions: ReadonlyMap<string, Action>;
  readonly metrics: Metrics;
  readonly log: ActionLog;
  readonly random: () => number;
  readonly secrets: Readonly<Record<string, string>>;
  /** Removes those secrets from stored data. Null if there are none. */
  readonly scrub: Scrub | null;
  /** Whether the queue has neither a rate limiter nor a pause. */
  readonly isQueueFree: (queue: string) => boolean;
  /** Monotonic milliseconds, for how long a job has run inline and a step has run. Never stored. */
  readonly monotonicMs: () => number;
}

/** A job as received from the queue. */
export interface StepJob {
  readonly lease: Lease;
  readonly data: unknown;
  readonly priority: number;
  /** The claim made by the fetch, if it could make one. */
  readonly claim: ClaimedStep | null;
  readonly signal: AbortSignal;
  progress(fraction: number): void;
  keepSlot(until: Promise<void>): void;
  mayFetch(): boolean;
}

/** `ended`, `delayed`: a script did that to the job, or its lease is lost. `early`: not due yet, nothing was done. */
export type StepJobEnd = { readonly kind: "ended" | "delayed" } | { readonly kind: "early"; readonly waitMs: number };

/** The part of a job's data used by a claim in a separate round trip. The claim of the fetch uses the rest. */
export const JobData = z.object({ run: RunId, step: z.string(), gen: z.number().int() });

/** The steps that one job runs: its own, and those that continue inline after it. */
export interface InlineChain {
  readonly job: StepJob;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  readonly inputs: InputCache;
  /** Number of steps that the job ran before the current one. */
  depth: number;
}

export function startChain({ monotonicMs }: StepDependencies, job: StepJob): InlineChain {
  return { job, startedAt: monotonicMs(), inputs: new InputCache(), depth: 0 };
}

/** A step claimed by this process, with its node. */
export interface ClaimedNode {
  readonly node: NodeInstance;
  readonly claim: ClaimedStep;
}

/** Whether this worker has the action that a node calls. Nodes without an action run on any worker. */
export function canRun({ actions }: Pick<StepDependencies, "actions">, { plan }: NodeInstance): boolean {
  const action = actionOf(plan.node);
  return action === null || actions.has(action);
}
