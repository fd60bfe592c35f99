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

/** What executing steps needs of the process. */
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
  /** Takes those secrets out of what is stored; null where there are none. */
  readonly scrub: Scrub | null;
  /** Whether the queue has neither limiter nor pause. */
  readonly isQueueFree: (queue: string) => boolean;
  /** Milliseconds, monotonic: how long a job has continued inline, and how long a step has run. Never stored. */
  readonly monotonicMs: () => number;
}

/** A job as the queue hands it over. */
export interface StepJob {
  readonly lease: Lease;
  readonly data: unknown;
  readonly priority: number;
  /** The claim that the fetch made, if it could. */
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

/** The steps that one job runs: the one that it was made for, and those that continue inline behind it. */
export interface InlineChain {
  readonly job: StepJob;
  /** Monotonic. */
  readonly startedAt: number;
  readonly inputs: InputCache;
  /** Steps that the job has done before the current one. */
  depth: number;
}

export function startChain({ monotonicMs }: StepDependencies, job: StepJob): InlineChain {
  return { job, startedAt: monotonicMs(), inputs: new InputCache(), depth: 0 };
}

/** A step that this process claimed, with its node. */
export interface ClaimedNode {
  readonly node: NodeInstance;
  readonly claim: ClaimedStep;
}

/** Whether this worker has the action that a node calls; nodes without one run anywhere. */
export function canRun({ actions }: Pick<StepDependencies, "actions">, { plan }: NodeInstance): boolean {
  const action = actionOf(plan.node);
  return action === null || actions.has(action);
}
