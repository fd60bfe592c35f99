import type { Page, RunEvent, RunId, RunStatus, RunSummary } from "@batonrun/contract";
import type { InstanceReader, RunRecord } from "../run/stored.js";

/** Filters are combined with AND. */
export interface ListRunsQuery {
  readonly workflow?: string;
  readonly status?: RunStatus;
  readonly tag?: string;
  /** Created after / before this time, ms since the epoch. */
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
  readonly cursor?: string;
}

export type { Page };

/** Read-only access to stored runs. One round trip per call unless stated otherwise. */
export interface RunReader extends InstanceReader {
  /** Null if the run does not exist or its retention has expired. */
  run(id: RunId): Promise<RunRecord | null>;
  /** The run's input or output as JSON text, or null if absent. Two round trips above 64 KB. */
  document(id: RunId, name: "_input" | "_output"): Promise<string | null>;
  /** In order of seq, beginning after `afterSeq`. */
  events(id: RunId, afterSeq: number, limit: number): Promise<readonly RunEvent[]>;
  /** Newest first. Two or three round trips if most runs match, more if few do. */
  list(query: ListRunsQuery): Promise<Page<RunSummary>>;
}

/** The data loaded for one name (see `Route.loads`). */
export interface LoadedInput {
  readonly name: string;
  /** For an instance, its StepRecord as JSON text. For a container's counters, the case taken. "" if absent. */
  readonly record: string;
  /** JSON text, or `@<bytes>` if it exceeds 64 KB. For a container's counters, `total failed skipped`. "" if absent. */
  readonly value: string;
}

/** What a worker reads about its own runs in addition to its claims. */
export interface InputReader {
  /** Loads names as a claim does (see `Route.loads`). One round trip, three in a run with generations above 0. */
  inputs(id: RunId, names: readonly string[]): Promise<readonly LoadedInput[]>;
  /** The step that an inline job currently holds, or null if that is the job's own step. One round trip. */
  inlinePosition(id: RunId, jobId: string): Promise<string | null>;
  /** Instances that were queued but never settled. Walks the state in chunks; only used after jobs were lost. */
  unsettled(id: RunId): Promise<readonly { readonly instance: string; readonly generation: number }[]>;
}

/** Signals that a run changed; listeners then read it. Messages can be lost, so listeners also poll. */
export interface EventFeed {
  /** Resolves with a function to unsubscribe. `onChange` gets the last seq, or 0 if messages may have been missed. */
  subscribe(id: RunId, onChange: (seq: number) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
