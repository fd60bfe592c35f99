import type { Page, RunEvent, RunId, RunStatus, RunSummary } from "@batonrun/contract";
import type { InstanceReader, RunRecord } from "../run/stored.js";

/** Of several filters, all hold. */
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

export type { Page };

/** Reads what is stored of runs, and changes nothing. One round trip a call, where no other number is given. */
export interface RunReader extends InstanceReader {
  /** null: there is no such run, or its retention is over. */
  run(id: RunId): Promise<RunRecord | null>;
  /** The run's input or output as JSON text; null while there is none. Two round trips above 64 KB. */
  document(id: RunId, name: "_input" | "_output"): Promise<string | null>;
  /** In order of seq, the first being the one after `afterSeq`. */
  events(id: RunId, afterSeq: number, limit: number): Promise<readonly RunEvent[]>;
  /** Newest first. Two or three round trips where most runs match; more where few do. */
  list(query: ListRunsQuery): Promise<Page<RunSummary>>;
}

/** What was loaded under one of a route's names (see `Route.loads`). */
export interface LoadedInput {
  readonly name: string;
  /** An instance: its StepRecord as JSON text; a container's counters: the case that was taken; "" when there is none. */
  readonly record: string;
  /** JSON text, or `@<bytes>` of one above 64 KB; a container's counters: `total failed skipped`; "" when there is none. */
  readonly value: string;
}

/** What a worker reads of its own runs, beside what claims give it. */
export interface InputReader {
  /** As a claim loads them (see `Route.loads`). One round trip, three in a run with generations above 0. */
  inputs(id: RunId, names: readonly string[]): Promise<readonly LoadedInput[]>;
  /** Where a job went on inline: the step that it holds now; null while that is its own. One round trip. */
  inlinePosition(id: RunId, jobId: string): Promise<string | null>;
  /** Instances that were handed out and are not settled, by walking the state in chunks. Rare: only when jobs vanished. */
  unsettled(id: RunId): Promise<readonly { readonly instance: string; readonly generation: number }[]>;
}

/** Tells that a run has changed, not how: whoever hears it reads. Messages may be lost, so listeners also look by themselves. */
export interface EventFeed {
  /** Resolves when subscribed, with what ends it. `onChange` gets the last seq; 0: unknown, some may have been missed. */
  subscribe(id: RunId, onChange: (seq: number) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
