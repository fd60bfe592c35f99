import type { Clock } from "@batonrun/core";
import type { CliConfig } from "./config.js";

/** A stream that the CLI writes to. */
export interface Output {
  readonly isTerminal: boolean;
  /** Of the terminal, now; 80 x 24 where there is none. */
  size(): { readonly columns: number; readonly rows: number };
  write(text: string): void;
}

/** All that the CLI touches of the world. `main.ts` makes the real one. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly config: CliConfig;
  readonly clock: Clock;
  /** Where relative paths begin. */
  readonly directory: string;
  readStdin(): Promise<string>;
  /** Calls at Ctrl-C and at being asked to end, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  /** Calls every so many ms, until the returned function is called. */
  every(ms: number, tick: () => void): () => void;
}
