import type { DefinitionHash } from "@batonrun/contract";
import type { Page } from "./run-reader.js";

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

/** What a worker tells of an action that it has. */
export interface AnnouncedAction {
  readonly name: string;
  readonly capability: string;
  readonly effects: string;
  /** JSON Schemas of the action's input and output. */
  readonly input?: unknown;
  readonly output?: unknown;
}

/** What a worker tells of itself. */
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

/** The workers that live. One that does not announce itself again within its lease is forgotten. */
export interface WorkerDirectory {
  /** One round trip. */
  announce(worker: AnnouncedWorker, leaseMs: number): Promise<void>;
  /** One round trip; unknown ids are fine. */
  withdraw(id: string): Promise<void>;
  /** Two round trips. */
  list(): Promise<readonly AnnouncedWorker[]>;
}

/** How many jobs stand in a queue, by where they stand. */
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

/** What operators want to know of queues; nothing of the engine depends on it. */
export interface QueueMonitor {
  /** Those that every cell has, those that ever got a job, and those that live workers serve. */
  names(): Promise<readonly string[]>;
  /** In the order asked for. One round trip. */
  counts(names: readonly string[]): Promise<readonly QueueCounts[]>;
}
