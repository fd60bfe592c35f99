import type { Closing, DefinitionHash, RunId, RunStatus, SkipReason } from "@batonrun/contract";
import type { Dependent, Route } from "./route.js";
import type { LoadedInput } from "./run-reader.js";
import type { Settlement } from "./settlement.js";

/** A job held by a worker. Fences every script that the worker calls. */
export interface Lease {
  /** Job id. */
  readonly id: string;
  /** Queue without prefix. */
  readonly queue: string;
  /** Token of the job's lock. */
  readonly token: string;
}

/** A step that a worker can now run. Times are ms since the epoch, by Redis. */
export interface ClaimedStep {
  readonly instance: string;
  readonly generation: number;
  readonly attempt: number;
  /** If set, the step is certain to be skipped: nothing was claimed, and only the outcome has to be recorded. */
  readonly skip: SkipReason | null;
  /** Number of attempts that failed before this one. */
  readonly failures: number;
  /** Number of workers that vanished while running it. */
  readonly crashes: number;
  /** Start of the first attempt. */
  readonly startedAt: number;
  /** Since when it could be claimed: when it was queued or a delay ended. After a crash, the time of this claim. */
  readonly readySince: number;
  /** Time of this claim. */
  readonly at: number;
  readonly run: ClaimedRun;
  /** Null if not loaded: the worker loads them itself. */
  readonly inputs: readonly LoadedInput[] | null;
}

/** What every step can read about its run. */
export interface ClaimedRun {
  readonly id: RunId;
  readonly definition: DefinitionHash;
  readonly workflow: string;
  readonly version: string;
  readonly startedAt: number;
  readonly tags: readonly string[];
  readonly priority: number;
}

export interface StartRunCommand {
  readonly id: RunId;
  readonly definition: DefinitionHash;
  /** The definition came with the run and is deleted with the last run that uses it. */
  readonly adhoc: boolean;
  readonly workflow: string;
  readonly version: string;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly compliance: readonly string[];
  /** JSON text. */
  readonly input: string;
  /** The steps that the run starts with. */
  readonly roots: readonly Dependent[];
  /** Number of steps in the top scope. */
  readonly left: number;
  readonly maxParallel: number;
  readonly timeoutMs: number;
  readonly retentionMs: number;
  readonly delayMs?: number;
  /** The caller's key, and a digest of the request body. */
  readonly idempotency?: { readonly key: string; readonly body: string };
  readonly actor?: string;
}

export type StartRunReply =
  | { readonly kind: "started" | "replayed" | "conflict"; readonly id: RunId }
  | { readonly kind: "missing_definition" };

export interface ClaimStepCommand {
  readonly runId: RunId;
  readonly lease: Lease;
  readonly instance: string;
  readonly generation: number;
  readonly role: Route["role"];
  readonly loads: readonly string[];
  /** The reply to a previous claim was lost: return the same attempt. */
  readonly again?: true;
}

export type ClaimReply =
  | { readonly kind: "claimed"; readonly step: ClaimedStep }
  /** The job continued inline with another step: its inline position. */
  | { readonly kind: "elsewhere"; readonly instance: string }
  | { readonly kind: "early"; readonly waitMs: number }
  | { readonly kind: "settled" | "closed" | "gone" | "lost" };

export interface SettleStepCommand {
  readonly runId: RunId;
  readonly lease: Lease;
  readonly instance: string;
  readonly generation: number;
  readonly attempt: number;
  /** The first one is for the claimed step; at most 200. Empty: only end the job. */
  readonly settlements: readonly Settlement[];
  /** Whether a ready dependent can continue in this job. */
  readonly inline: boolean;
  /** Whether ending the job also fetches the next one. */
  readonly fetch: boolean;
  readonly priority: number;
  /** Number of steps that the job ran inline before this one. */
  readonly depth: number;
  /** Names whose values the worker has cached. They are not loaded again. */
  readonly held: readonly string[];
  /** A line for the job's log on the queue board. */
  readonly log?: string | undefined;
}

export type SettleReply =
  | { readonly kind: "inline"; readonly at: number; readonly step: ClaimedStep }
  | { readonly kind: "finished"; readonly at: number }
  /** A repeated call: the reply to the first was lost. */
  | { readonly kind: "recorded" }
  /** Like `recorded`, and this job continues with `instance`. */
  | { readonly kind: "again"; readonly instance: string }
  | { readonly kind: "lost" };

export interface DelayStepCommand {
  readonly runId: RunId;
  readonly lease: Lease;
  readonly instance: string;
  readonly generation: number;
  /** 0 if nothing was claimed. The call is then about the job's current step. */
  readonly attempt: number;
  readonly delayMs: number;
  /** SerializedError as JSON text. Absent for a hand-back, which does not count as a failure. */
  readonly error?: string;
  /** The event's data, JSON text. */
  readonly data: string;
}

export type DelayReply =
  | { readonly kind: "delayed"; readonly handBacks: number }
  | { readonly kind: "closed" | "settled" | "recorded" | "lost" };

export interface FinishRunCommand {
  readonly runId: RunId;
  readonly lease: Lease;
  readonly status: "completed" | Closing;
  /** JSON text. */
  readonly output?: string;
  /** SerializedError as JSON text. */
  readonly error?: string;
  /** The event's data, JSON text. */
  readonly data?: string;
  /** Whether ending the job also fetches the next one. */
  readonly fetch: boolean;
}

export type FinishReply =
  | { readonly kind: "finished"; readonly first: boolean; readonly durationMs: number }
  | { readonly kind: "at_work" | "lost" };

export interface RequeueCommand {
  readonly runId: RunId;
  readonly lease: Lease;
  readonly steps: readonly { readonly instance: string; readonly generation: number; readonly route: Route }[];
}

export type CloseReply =
  | { readonly kind: "closing"; readonly closing: Closing; readonly atWork: number }
  | { readonly kind: "ended"; readonly status: RunStatus }
  | { readonly kind: "gone" };

export interface BreachSlaCommand {
  readonly runId: RunId;
  readonly lease: Lease;
  readonly instance: string;
  readonly generation: number;
  readonly attempt: number;
  readonly data: string;
}

/**
 * Every change of a run's state. Each method is one atomic script, one round trip, and fenced by the lease if it has one.
 * An identical second call gets a reply without a second effect.
 */
export interface Transitions {
  /** Stores the run with its first steps. If the id exists, an earlier call started it. */
  startRun(command: StartRunCommand): Promise<StartRunReply>;
  /** Claims one more attempt of the job's current step. `elsewhere`: the job is at another step. */
  claimStep(command: ClaimStepCommand): Promise<ClaimReply>;
  /** Records an outcome and what follows from it. Ends the job unless a dependent continues in it. */
  settleStep(command: SettleStepCommand): Promise<SettleReply>;
  /** Returns a step to its queue, for a retry or as a hand-back. */
  delayStep(command: DelayStepCommand): Promise<DelayReply>;
  /** Records that a step exceeded its `sla`. True for the first call per step instance. */
  breachSla(command: BreachSlaCommand): Promise<boolean>;
  /** Stores items of a map: a flat list of `<map>.<index>` and JSON text. False if the lease is lost. */
  writeItems(runId: RunId, lease: Lease, items: readonly string[]): Promise<boolean>;
  /** Writes the terminal status. `at_work`: steps are still running, or another reason closed the run meanwhile. */
  finishRun(command: FinishRunCommand): Promise<FinishReply>;
  /** Queues steps again whose jobs were lost, and steps that wait for a free slot. `nothing` if there were none. */
  requeueSteps(command: RequeueCommand): Promise<"requeued" | "nothing" | "at_work" | "lost">;
  /** Closes the run for a reason, unless it is already closed, and removes its jobs that are not active. */
  closeRun(
    runId: RunId,
    closing: Closing,
    cause: { readonly actor?: string; readonly reason?: string },
  ): Promise<CloseReply>;
  /** Closes runs past their deadline, at most 100 timers per call. Returns the runs whose retention has expired. */
  fireTimers(): Promise<readonly RunId[]>;
  /** Removes an ended run in portions. `open`: its retention has not expired. */
  sweepRun(runId: RunId): Promise<"swept" | "more" | "open">;
}
