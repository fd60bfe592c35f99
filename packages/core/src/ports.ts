import type { DefinitionHash, RunId } from "./ids.js";
import type { EventType, RunEvent } from "./run/event.js";
import type { SkipReason, StepOutcome } from "./run/outcome.js";
import type { Closing, RunStatus, RunSummary } from "./run/run.js";
import type { StepRecord } from "./run/step.js";

// ---------------------------------------------------------------- reading (the API's side)

/** The run hash, parsed. Times are ms since the epoch, by Redis. */
export interface RunRecord {
  readonly id: RunId;
  readonly status: RunStatus;
  readonly closing?: Closing;
  readonly definition: DefinitionHash;
  readonly format: number;
  readonly workflow: string;
  readonly version: string;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly deadlineAt: number;
  readonly maxParallel: number;
  readonly busy: number;
  readonly left: number;
  readonly seq: number;
  readonly error?: string;
}

/** One instance as stored: its record (null when nothing is known yet), its generation, and its result as JSON text. */
export interface StoredStep {
  readonly instance: string;
  readonly generation: number;
  readonly record: StepRecord | null;
  /** Absent when not asked for, or none. */
  readonly result?: string;
  /** Set instead of `result` when it would have passed the byte budget. */
  readonly omitted?: true;
}

/** What a container's counters say. `case` only for a conditional that was entered. */
export interface ContainerCounters {
  readonly total: number | null;
  readonly entered: number;
  readonly arrived: number;
  readonly failed: number;
  readonly skipped: number;
  readonly case: string | null;
}

export interface ListRunsQuery {
  readonly workflow?: string;
  readonly status?: RunStatus;
  readonly tag?: string;
  /** Created after / before, ms. */
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
  readonly cursor?: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Absent on the last page. A page may be short and still have one. */
  readonly nextCursor?: string;
}

/** Reads runs. Each method is one round trip unless it says otherwise; none blocks Redis for more than a few ms. */
export interface RunReader {
  run(id: RunId): Promise<RunRecord | null>;
  /** `_input` or `_output` as JSON text. */
  document(id: RunId, name: "_input" | "_output"): Promise<string | null>;
  /** In chunks of 200. `maxBytes` bounds the results (sizes are known before they are loaded; 0: no results). */
  steps(id: RunId, instances: readonly string[], maxBytes: number): Promise<readonly StoredStep[]>;
  counters(id: RunId, containers: readonly string[]): Promise<ReadonlyMap<string, ContainerCounters>>;
  /** The item of a map, as JSON text. */
  item(id: RunId, map: string, index: number): Promise<string | null>;
  events(id: RunId, afterSeq: number, limit: number): Promise<readonly RunEvent[]>;
  list(query: ListRunsQuery): Promise<Page<RunSummary>>;
}

/** What the worker's side reads of a run, beside RunReader. */
export interface InputReader {
  /** As a claim loads them (see Route.loads). One round trip. */
  inputs(id: RunId, names: readonly string[]): Promise<readonly LoadedInput[]>;
  /** Instances that were handed out and are not settled, by walking the state in chunks. Rare: only when jobs vanished. */
  unsettled(id: RunId): Promise<readonly { readonly instance: string; readonly generation: number }[]>;
}

/** Tells when a run has new events. One connection, whatever the number of runs. */
export interface EventFeed {
  /** Resolves when subscribed: events appended later are never missed. `onChange` gets the last seq. */
  subscribe(id: RunId, onChange: (seq: number) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface StoredVersion {
  readonly name: string;
  readonly version: string;
  readonly hash: DefinitionHash;
  readonly createdAt: number;
}

/** Definitions by hash, and the registry of immutable (name, version). */
export interface DefinitionStore {
  /** Canonical JSON of the normalised definition. */
  get(hash: DefinitionHash): Promise<string | null>;
  put(hash: DefinitionHash, canonicalJson: string): Promise<void>;
  /** Atomic: `conflict` when the version exists with another hash. */
  register(
    version: Omit<StoredVersion, "createdAt">,
    canonicalJson: string,
  ): Promise<"created" | "unchanged" | "conflict">;
  version(name: string, version: string): Promise<StoredVersion | null>;
  versions(name: string): Promise<readonly StoredVersion[]>;
  /** Names in order of the alphabet, after `cursor`. */
  names(limit: number, cursor?: string): Promise<Page<string>>;
}

export interface AnnouncedAction {
  readonly name: string;
  readonly capability: string;
  readonly effects: string;
  /** JSON Schemas of the action's input and output. */
  readonly input?: unknown;
  readonly output?: unknown;
}

export interface AnnouncedWorker {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: number;
  readonly capabilities: readonly string[];
  readonly concurrency: number;
  readonly graphFormats: readonly number[];
  readonly actions: readonly AnnouncedAction[];
}

/** Which workers are alive and what they can run; an entry lives as long as its lease. */
export interface WorkerDirectory {
  announce(worker: AnnouncedWorker, leaseMs: number): Promise<void>;
  withdraw(id: string): Promise<void>;
  list(): Promise<readonly AnnouncedWorker[]>;
}

/** A queue of BullMQ, by its name without prefix (`runs`, `steps.text`). */
export interface QueueCounts {
  readonly name: string;
  readonly waiting: number;
  readonly prioritized: number;
  readonly active: number;
  readonly delayed: number;
  readonly waitingChildren: number;
  readonly failed: number;
  readonly paused: boolean;
}

export interface QueueMonitor {
  /** The queues that the cell has. */
  names(): Promise<readonly string[]>;
  counts(names: readonly string[]): Promise<readonly QueueCounts[]>;
}

export interface Clock {
  /** ms since the epoch. Never used for what is stored: that is Redis `TIME`. */
  now(): number;
}

// ---------------------------------------------------------------- transitions (the engine's side)

/** Where a node goes when it is ready. `*` in `data` and `loads` of an item's root stands for the index. */
export interface Route {
  /** Queue without prefix: `steps.text`. */
  readonly queue: string;
  readonly priority: number;
  readonly role: "step" | "enter" | "exit" | "item";
  /** The name the board shows: the action's, or the role of a control node. */
  readonly name: string;
  /** What a claim loads: instances, `_input`, `@<map>.<index>` (an item), `#<container>` (its counters). Absent: the worker loads it itself. */
  readonly loads?: readonly string[];
  /** The tail of the job's data, JSON text after `"gen":n,`: ids only, never payloads. */
  readonly data: string;
  /** Its `if` mentions the status of a dependency: skipped dependencies alone do not skip it. */
  readonly aware?: true;
  /** The parallel (instance) whose `width` bounds its branches, when this node begins one. */
  readonly branchOf?: string;
  readonly width?: number;
}

/** A node that waits for the one being settled. */
export interface Dependent {
  readonly instance: string;
  /** How many must arrive. 0: decided by the container's enter (its counter starts at -n and is ready at 0). */
  readonly indegree: number;
  readonly route: Route;
}

/** How a map pulls its next index: an instance is before + index + after, for each root of an item. */
export interface ItemTemplate {
  readonly map: string;
  readonly roots: readonly { readonly before: string; readonly after: string; readonly route: Route }[];
}

/** What a container's enter decided. */
export interface Entered {
  readonly exit: Dependent;
  /** Items, branches, or direct steps of the case. */
  readonly total: number;
  /** How many arrive at the exit, where the graph does not know it. 0: the exit is ready at once. */
  readonly arrivals?: number;
  readonly case?: string;
  /** A map: how many items may be at work, and how the next one is named. */
  readonly items?: { readonly width: number; readonly template: ItemTemplate };
}

/** One outcome, and what follows from it. Texts are JSON. */
export interface Settlement {
  readonly instance: string;
  readonly status: StepOutcome["status"];
  readonly result?: string;
  readonly error?: string;
  readonly reasonOfSkip?: SkipReason;
  readonly degraded?: true;
  /** Absent: no event (the nodes of a container that has its own). */
  readonly event?: EventType;
  /** The event's step, when it is not the instance. */
  readonly step?: string;
  readonly data?: string;
  /** Not among the completed instances: enters, items. */
  readonly silent?: true;
  /** What the dependents see: a failure with `onError: continue` is `ok` to them. */
  readonly arrival: "ok" | "skipped" | "failed";
  readonly dependents: readonly Dependent[];
  /** The container (instance) whose failed or skipped counter it belongs to. */
  readonly countIn?: string;
  /** A step of the top scope: the run's `left` goes down. */
  readonly isTop?: true;
  /** Follows from the one before; dropped when the run is closing, for then nothing follows any more. */
  readonly follows?: true;
  /** Ends an item: the map pulls its next one. */
  readonly endsItem?: ItemTemplate;
  /** Ends a branch of a parallel with `maxParallel`: the next waiting branch enters. */
  readonly endsBranchOf?: string;
  readonly entered?: Entered;
  /** A failure of the top scope: the run closes as failed, and the job ends `failed` and is kept, for this reason. */
  readonly failsRun?: true;
  readonly reason?: string;
  readonly closingData?: string;
}

/** A job that a worker holds: the lock's token is the fence of every script. */
export interface Lease {
  readonly id: string;
  /** Queue without prefix. */
  readonly queue: string;
  readonly token: string;
}

/** `name`, stored record and value of one of the things that a claim loads; texts as stored, "" when there is none. */
export interface LoadedInput {
  readonly name: string;
  readonly record: string;
  readonly value: string;
}

/** A claimed attempt, or a step that is certain to be skipped (`skip`). Times are ms by Redis. */
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
  closeRun(runId: RunId, closing: Closing, cause: { readonly actor?: string; readonly reason?: string }): Promise<CloseReply>;
  /** Ids of runs whose retention is over. */
  fireTimers(): Promise<readonly RunId[]>;
  sweepRun(runId: RunId): Promise<"swept" | "more" | "open">;
}

// ---------------------------------------------------------------- measuring

/** What the engine reports; each call is made by the process whose script call was the first to make the change. */
export interface Metrics {
  runStarted(workflow: string): void;
  runEnded(workflow: string, outcome: RunStatus, durationMs: number): void;
  stepStarted(workflow: string, kind: string): void;
  stepEnded(workflow: string, kind: string, outcome: StepOutcome["status"], durationMs: number): void;
  stepRetried(workflow: string, kind: string): void;
  /** From being queued to being claimed. */
  queueWaited(queue: string, waitMs: number): void;
  /** From the settlement of the last dependency to the claim of the step. */
  handedOff(inline: boolean, delayMs: number): void;
  /** Slots held by actions that ignore their signal after their step was settled. */
  overdueActions(count: number): void;
}
