import type { DefinitionHash, RunId } from "../ids.js";
import type { RunEvent } from "../run/event.js";
import type { Closing, RunStatus, RunSummary } from "../run/run.js";
import type { StepRecord } from "../run/step.js";

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

export interface StoredStep {
  readonly instance: string;
  readonly generation: number;
  readonly record: StepRecord | null;
  /** Absent when not asked for, or none. */
  readonly result?: string;
  /** Set instead of `result` when it would have passed the byte budget. */
  readonly omitted?: true;
}

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

export interface LoadedInput {
  readonly name: string;
  readonly record: string;
  readonly value: string;
}

export interface InputReader {
  /** As a claim loads them (see Route.loads). One round trip. */
  inputs(id: RunId, names: readonly string[]): Promise<readonly LoadedInput[]>;
  /** Where a job went on inline: the step that it holds now; null while that is its own. One round trip. */
  cursor(id: RunId, jobId: string): Promise<string | null>;
  /** Instances that were handed out and are not settled, by walking the state in chunks. Rare: only when jobs vanished. */
  unsettled(id: RunId): Promise<readonly { readonly instance: string; readonly generation: number }[]>;
}

export interface EventFeed {
  /** Resolves when subscribed: events appended later are never missed. `onChange` gets the last seq. */
  subscribe(id: RunId, onChange: (seq: number) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
