import type { DefinitionHash, RunId } from "@batonrun/contract";
import type { RunLifetime } from "./run-lifetime.js";
import type { StepRecord } from "./step-record.js";

/** A stored run. Times are ms since the epoch, by Redis. */
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
  /** Number of steps in the top scope that are not settled. */
  readonly left: number;
  /** Sequence number of the last event. */
  readonly seq: number;
}

/** A stored instance, in its current generation. */
export interface StoredStep {
  readonly instance: string;
  readonly generation: number;
  /** Null if nothing is recorded yet. */
  readonly record: StepRecord | null;
  /** JSON text. Absent if there is none or it was not requested. */
  readonly result?: string;
  /** Set instead of `result` if it would exceed the byte budget. */
  readonly omitted?: true;
}

/** Counters of a container's direct instances. */
export interface ContainerCounters {
  /** Number of items, branches, or steps of the case. Null before the container is entered. */
  readonly total: number | null;
  /** Number of items that a map has started. */
  readonly entered: number;
  /** Arrivals at the exit. If the enter decides their number, it starts at minus that number and is complete at 0. */
  readonly arrived: number;
  readonly failed: number;
  readonly skipped: number;
  /** Key of the case that a conditional took, or "" if none matched. Null for other containers and before entering. */
  readonly case: string | null;
}

/** Reads the stored instances of a run. */
export interface InstanceReader {
  /**
   * In the order of `instances`. `maxBytes` limits the results, whose sizes are checked before loading; 0 loads none.
   * One round trip per 200 instances, two more in a run with generations above 0, and one more per MB of results.
   */
  steps(id: RunId, instances: readonly string[], maxBytes: number): Promise<readonly StoredStep[]>;
  /** Returns an entry for each requested container, entered or not. */
  counters(id: RunId, containers: readonly string[]): Promise<ReadonlyMap<string, ContainerCounters>>;
}
