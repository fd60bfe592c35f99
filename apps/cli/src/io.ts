import type { Clock } from "@batonrun/core";
import type { CliConfig } from "./config.js";

/** A stream that the CLI writes to. */
export interface Output {
  readonly isTerminal: boolean;
  /** Current size of the terminal; 80 x 24 without one. */
  size(): { readonly columns: number; readonly rows: number };
  write(text: string): void;
}

/** The CLI's access to the outside world. `process-io.ts` has the real implementation. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly config: CliConfig;
  readonly clock: Clock;
  /** Where relative paths begin. */
  readonly directory: string;
  readStdin(): Promise<string>;
  /** Calls the listener on SIGINT and SIGTERM until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  /** Calls `tick` every `ms` milliseconds until the returned function is called. */
  every(ms: number, tick: () => void): () => void;
}
