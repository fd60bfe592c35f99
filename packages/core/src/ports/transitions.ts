import type { DefinitionHash, RunId } from "../ids.js";
import type { SkipReason } from "../run/outcome.js";
import type { Closing, RunStatus } from "../run/run.js";
import type { LoadedInput } from "./run-reader.js";
import type { Dependent, Route, Settlement } from "./schedule.js";

export interface Lease {
  readonly id: string;
  /** Queue without prefix. */
  readonly queue: string;
  readonly token: string;
}

export interface ClaimedStep {
  readonly instance: string;
  readonly generation: number;
  readonly attempt: number;
  readonly skip: SkipReason | null;
  readonly failures: number;
  readonly crashes: number;
  readonly startedAt: number;
  readonly queuedAt: number;
  readonly at: number;
  readonly run: ClaimedRun;
  /** null: not loaded. */
  readonly inputs: readonly LoadedInput[] | null;
}

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
  readonly adhoc: boolean;
  readonly workflow: string;
  readonly version: string;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly compliance: readonly string[];
  readonly input: string;
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
  | { readonly kind: "cursor"; readonly instance: string }
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
  /** 0: the step was not claimed. */
  readonly attempt: number;
  readonly delayMs: number;
  /** Without: a hand-back, which counts nothing. */
  readonly error?: string;
  readonly data: string;
}

export type DelayReply =
  | { readonly kind: "delayed"; readonly handBacks: number }
  | { readonly kind: "closed" | "settled" | "recorded" | "lost" };

export interface FinishRunCommand {
  readonly runId: RunId;
  readonly lease: Lease;
  readonly status: "completed" | "failed" | "cancelled" | "timed_out";
  readonly output?: string;
  readonly error?: string;
  readonly data?: string;
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

/** Notes that a step takes longer than its `sla`: true for the first call of a step instance. One round trip. */
export interface SlaNotes {
  breachSla(command: BreachSlaCommand): Promise<boolean>;
}

/**
 * Every change of a run's state: each method is one script, one round trip, atomic, fenced by the lease where it has one,
 * and answers a second identical call without doing it twice.
 */
export interface Transitions {
  startRun(command: StartRunCommand): Promise<StartRunReply>;
  claimStep(command: ClaimStepCommand): Promise<ClaimReply>;
  settleStep(command: SettleStepCommand): Promise<SettleReply>;
  delayStep(command: DelayStepCommand): Promise<DelayReply>;
  /** One trip a chunk; false when the lease is lost. */
  writeItems(runId: RunId, lease: Lease, items: readonly string[]): Promise<boolean>;
  finishRun(command: FinishRunCommand): Promise<FinishReply>;
  requeueSteps(command: RequeueCommand): Promise<"requeued" | "nothing" | "at_work" | "lost">;
  closeRun(
    runId: RunId,
    closing: Closing,
    cause: { readonly actor?: string; readonly reason?: string },
  ): Promise<CloseReply>;
  /** Ids of runs whose retention is over. */
  fireTimers(): Promise<readonly RunId[]>;
  sweepRun(runId: RunId): Promise<"swept" | "more" | "open">;
}
