import type { DefinitionHash, Page, QueueView, WorkerView } from "@batonrun/contract";

/** A version of a workflow, as it was registered: it never changes. */
export interface StoredVersion {
  readonly name: string;
  readonly version: string;
  readonly hash: DefinitionHash;
  readonly createdAt: number;
}

/** Normalized definitions by their hash, and the registry of workflows. Each method is one round trip. */
export interface DefinitionStore {
  /** The definition as canonical JSON; null: nobody stored it, or the last run that used it is gone. */
  get(hash: DefinitionHash): Promise<string | null>;
  /** Stores a definition under its hash. Nothing counts it: that is done by the runs that use it. */
  put(hash: DefinitionHash, canonicalJson: string): Promise<void>;
  /** Stores the definition and its version, as one: `conflict` when the version exists with another hash. */
  register(
    version: Omit<StoredVersion, "createdAt">,
    canonicalJson: string,
  ): Promise<"created" | "unchanged" | "conflict">;
  version(name: string, version: string): Promise<StoredVersion | null>;
  /** The newest by semver first; none for a workflow that nobody registered. */
  versions(name: string): Promise<readonly StoredVersion[]>;
  /** Names in order of the alphabet, after `cursor`. */
  names(limit: number, cursor?: string): Promise<Page<string>>;
}

/** What a worker announces of itself: as REST shows it, save that `startedAt` is ms since the epoch. */
export interface AnnouncedWorker extends Omit<WorkerView, "startedAt"> {
  readonly startedAt: number;
}

/** The workers that live. One that does not announce itself again within its lease is forgotten. */
export interface WorkerDirectory {
  /** One round trip. */
  announce(worker: AnnouncedWorker, leaseMs: number): Promise<void>;
  /** One round trip; unknown ids are fine. */
  withdraw(id: string): Promise<void>;
  /** Two round trips. */
  list(): Promise<readonly AnnouncedWorker[]>;
}

/** What operators want to know of queues; nothing of the engine depends on it. */
export interface QueueMonitor {
  /** Those that every cell has, those that ever got a job, and those that live workers serve. */
  names(): Promise<readonly string[]>;
  /** In the order asked for. One round trip. */
  counts(names: readonly string[]): Promise<readonly QueueView[]>;
}
