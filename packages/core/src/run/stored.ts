import type { DefinitionHash, RunId } from "@batonrun/contract";
import type { RunLifetime } from "./run-lifetime.js";
import type { StepRecord } from "./step-record.js";

/** A run as it is stored. Times are ms since the epoch, by Redis. */
export type RunRecord = RunFields & Readonly<RunLifetime>;

interface RunFields {
  readonly id: RunId;
  readonly definition: DefinitionHash;
  /** Graph format that the run was started with. */
  readonly format: number;
  readonly workflow: string;
  readonly version: string;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly createdAt: number;
  readonly deadlineAt: number;
  /** Steps of the top scope that are not settled. */
  readonly left: number;
  /** The last event's. */
  readonly seq: number;
}

/** An instance as it is stored, in its current generation. */
export interface StoredStep {
  readonly instance: string;
  readonly generation: number;
  /** null: nothing is recorded yet. */
  readonly record: StepRecord | null;
  /** JSON text. Absent when not asked for, or none. */
  readonly result?: string;
  /** Set instead of `result` when it would have passed the byte budget. */
  readonly omitted?: true;
}

/** What is counted of a container's direct instances. */
export interface ContainerCounters {
  /** Items, branches, or steps of the case; null: not entered yet. */
  readonly total: number | null;
  /** Items that a map has handed out. */
  readonly entered: number;
  /** What came to the exit. It begins below zero where the enter decides how many come, and is complete at zero. */
  readonly arrived: number;
  readonly failed: number;
  readonly skipped: number;
  /** Key of the case that a conditional took; "": none held. null: not entered, or no conditional. */
  readonly case: string | null;
}

/** Reads what is stored of a run's instances. */
export interface InstanceReader {
  /**
   * In the order asked for. `maxBytes` bounds the results: sizes are known before they are loaded; 0: no results.
   * One round trip a chunk of 200, two more in a run with generations above 0, and one more for each MB of results.
   */
  steps(id: RunId, instances: readonly string[], maxBytes: number): Promise<readonly StoredStep[]>;
  /** Those of every container that was asked for, entered or not. */
  counters(id: RunId, containers: readonly string[]): Promise<ReadonlyMap<string, ContainerCounters>>;
}
