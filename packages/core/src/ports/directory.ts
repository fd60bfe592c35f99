import type { DefinitionHash, Page, QueueView, WorkerView } from "@batonrun/contract";

/** A registered version of a workflow. It never changes. */
export interface StoredVersion {
  readonly name: string;
  readonly version: string;
  readonly hash: DefinitionHash;
  readonly createdAt: number;
}

/** Stores definitions by hash, and registers workflows. Each method is one round trip. */
export interface DefinitionStore {
  /** The definition as canonical JSON, or null if it was never stored or its last run is gone. */
  get(hash: DefinitionHash): Promise<string | null>;
  /** Stores a definition under its hash. Does not count a use: the runs that use it do. */
  put(hash: DefinitionHash, canonicalJson: string): Promise<void>;
  /** Stores the definition and its version atomically. `conflict` if the version exists with another hash. */
  register(
    version: Omit<StoredVersion, "createdAt">,
    canonicalJson: string,
  ): Promise<"created" | "unchanged" | "conflict">;
  version(name: string, version: string): Promise<StoredVersion | null>;
  /** Newest first by semver. Empty for an unknown workflow. */
  versions(name: string): Promise<readonly StoredVersion[]>;
  /** Names in alphabetical order, after `cursor`. */
  names(limit: number, cursor?: string): Promise<Page<string>>;
}

/** What a worker announces about itself, as in REST except that `startedAt` is ms since the epoch. */
export interface AnnouncedWorker extends Omit<WorkerView, "startedAt"> {
  readonly startedAt: number;
}

/** The live workers. A worker that does not announce itself again within its lease is removed. */
export interface WorkerDirectory {
  /** One round trip. */
  announce(worker: AnnouncedWorker, leaseMs: number): Promise<void>;
  /** One round trip. Unknown ids are ignored. */
  withdraw(id: string): Promise<void>;
  /** Two round trips. */
  list(): Promise<readonly AnnouncedWorker[]>;
}

/** Queue data for operators. The engine does not depend on it. */
export interface QueueMonitor {
  /** The queues of every cell, queues that ever had a job, and those served by live workers. */
  names(): Promise<readonly string[]>;
  /** In the order of `names`. One round trip. */
  counts(names: readonly string[]): Promise<readonly QueueView[]>;
}
