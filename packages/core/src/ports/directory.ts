import type { DefinitionHash } from "../ids.js";
import type { Page } from "./run-reader.js";

export interface StoredVersion {
  readonly name: string;
  readonly version: string;
  readonly hash: DefinitionHash;
  readonly createdAt: number;
}

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

export interface WorkerDirectory {
  announce(worker: AnnouncedWorker, leaseMs: number): Promise<void>;
  withdraw(id: string): Promise<void>;
  list(): Promise<readonly AnnouncedWorker[]>;
}

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
