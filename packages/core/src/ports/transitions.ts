import type { Closing, DefinitionHash, RunId, RunStatus, SkipReason } from "@batonrun/contract";
import type { Dependent, Route } from "./route.js";
import type { LoadedInput } from "./run-reader.js";
import type { Settlement } from "./settlement.js";

/** A job that a worker holds: the fence of every script that it calls. */
export interface Lease {
  /** The job's. */
  readonly id: string;
  /** Queue without prefix. */
  readonly queue: string;
  /** Of the job's lock. */
  readonly token: string;
}

/** A step that a worker may now run. Times are ms since the epoch, by Redis. */
export interface ClaimedStep {
  readonly instance: string;
  readonly generation: number;
  readonly attempt: number;
  /** It is certain to be skipped: nothing was claimed, and only its outcome is to be recorded. */
  readonly skip: SkipReason | null;
  /** Attempts that failed before this one. */
  readonly failures: number;
  /** Workers that vanished with it. */
  readonly crashes: number;
  /** Of the first attempt. */
  readonly startedAt: number;
  /** Since when it could be claimed: queued, or due after a delay; after a crash, now. */
  readonly readySince: number;
  /** When it was claimed. */
  readonly at: number;
  readonly run: ClaimedRun;
  /** null: not loaded, the worker does it. */
  readonly inputs: readonly LoadedInput[] | null;
}

/** What every step may know of its run. */
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
  /** The definition came with the run, and goes with the last run that uses it. */
  readonly adhoc: boolean;
  readonly workflow: string;
  readonly version: string;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly compliance: readonly string[];
  /** JSON text. */
  readonly input: string;
  /** What the run starts with. */
  readonly roots: readonly Dependent[];
  /** Steps of the top scope. */
  readonly left: number;
  readonly maxParallel: number;
  readonly timeoutMs: number;
  readonly retentionMs: number;
  readonly delayMs?: number;
  /** The caller's key and the digest of what came with it. */
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
  /** The claim was made by a call whose answer was lost: the same attempt is answered. */
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
  /** The first is the step that was claimed; at most 200. None: only the job is ended. */
  readonly settlements: readonly Settlement[];
  /** Whether a ready dependent may go on in this job. */
  readonly inline: boolean;
  /** Whether the job's end fetches the next one. */
  readonly fetch: boolean;
  readonly priority: number;
  /** Steps that the job did before this one, inline. */
  readonly depth: number;
  /** Names whose values the worker holds: they are not loaded again. */
  readonly held: readonly string[];
  /** A line for the job's log on the board. */
  readonly log?: string;
}

export type SettleReply =
  | { readonly kind: "inline"; readonly at: number; readonly step: ClaimedStep }
  | { readonly kind: "finished"; readonly at: number }
  /** A second call: the first one's answer was lost. */
  | { readonly kind: "recorded" }
  /** As `recorded`, and this job goes on with `instance`. */
  | { readonly kind: "again"; readonly instance: string }
  | { readonly kind: "lost" };

export interface DelayStepCommand {
  readonly runId: RunId;
  readonly lease: Lease;
  readonly instance: string;
  readonly generation: number;
  /** 0: nothing was claimed, and it is about the step where the job stands. */
  readonly attempt: number;
  readonly delayMs: number;
  /** SerializedError as JSON text. Without: a hand-back, which counts nothing. */
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
  /** Whether the job's end fetches the next one. */
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
 * Every change of a run's state: each method is one script, one round trip, atomic, fenced by the lease where it has one,
 * and answers a second identical call without doing it twice.
 */
export interface Transitions {
  /** Stores the run with its first steps. An id that is known already was started by an earlier call. */
  startRun(command: StartRunCommand): Promise<StartRunReply>;
  /** One more attempt of the step where the job stands; `elsewhere`: the job is at another step. */
  claimStep(command: ClaimStepCommand): Promise<ClaimReply>;
  /** Records an outcome and what certainly follows, and ends the job unless a dependent goes on in it. */
  settleStep(command: SettleStepCommand): Promise<SettleReply>;
  /** Gives a step back to its queue: to be tried again, or unharmed. */
  delayStep(command: DelayStepCommand): Promise<DelayReply>;
  /** Records that a step takes longer than its `sla`: true for the first call per step instance. */
  breachSla(command: BreachSlaCommand): Promise<boolean>;
  /** Of a map's items, a flat list of `<map>.<index>` and JSON text; false when the lease is lost. */
  writeItems(runId: RunId, lease: Lease, items: readonly string[]): Promise<boolean>;
  /** Writes the terminal status; `at_work`: not while steps are at work, nor against what closed the run meanwhile. */
  finishRun(command: FinishRunCommand): Promise<FinishReply>;
  /** Queues steps again whose jobs vanished, and what waits for a slot; `nothing`: there was none of either. */
  requeueSteps(command: RequeueCommand): Promise<"requeued" | "nothing" | "at_work" | "lost">;
  /** Closes the gate for a reason, unless that is done already, and takes out of the queues what is not at work. */
  closeRun(
    runId: RunId,
    closing: Closing,
    cause: { readonly actor?: string; readonly reason?: string },
  ): Promise<CloseReply>;
  /** Closes runs whose deadline passed, at most 100 timers a call. Answers the runs whose retention is over. */
  fireTimers(): Promise<readonly RunId[]>;
  /** Removes an ended run in portions; `open`: its retention is not over. */
  sweepRun(runId: RunId): Promise<"swept" | "more" | "open">;
}
