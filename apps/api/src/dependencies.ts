import type {
  Clock,
  DefinitionStore,
  EventFeed,
  QueueMonitor,
  RunReader,
  Transitions,
  WorkerDirectory,
} from "@batonrun/core";
import type { GraphCache, StartRunDependencies } from "@batonrun/core/engine";
import type { ProcessLog } from "@batonrun/node/log";
import type { Board } from "./board/board.js";
import type { ApiConfig } from "./config.js";
import type { RedisCheck } from "./readiness.js";

/** Dependencies of all use cases behind the routes. */
export interface EngineDependencies extends StartRunDependencies {
  readonly transitions: Transitions;
  readonly reader: RunReader;
  readonly feed: EventFeed;
  readonly definitions: DefinitionStore;
  readonly graphs: GraphCache;
  readonly workers: WorkerDirectory;
  readonly queues: QueueMonitor;
  readonly clock: Clock;
}

/** Dependencies of `createApp`; `main.ts` creates them once. */
export interface ApiDependencies {
  readonly config: ApiConfig;
  readonly version: string;
  readonly engine: EngineDependencies;
  readonly checkRedis: RedisCheck;
  readonly metrics: { readonly contentType: string; scrape(): Promise<string> };
  readonly board: Board;
  readonly log: ProcessLog;
  /** Aborted when the server stops: event streams end and waits return. */
  readonly closing: AbortSignal;
}
