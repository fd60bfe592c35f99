import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { type ScriptedServer, startScriptedServer } from "@batonrun/client/testing";
import { runCli } from "../cli.js";
import { readConfig } from "../config.js";
import type { ExitCode } from "../exit-codes.js";
import type { Io, Output } from "../io.js";

/** A stream that keeps what is written to it. */
export interface CapturedOutput extends Output {
  /** Without colors and cursor movements. */
  text(): string;
  raw(): string;
  /** The final content of the terminal: each frame replaces the previous one. */
  lastFrame(): string;
}

export interface CliWorld {
  readonly server: ScriptedServer;
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
  readonly io: Io;
  /** Runs a command line against the scripted server. */
  run(...argv: readonly string[]): Promise<ExitCode>;
  writeFile(name: string, text: string): Promise<void>;
  interrupt(): void;
  /** Lets the clocks of live tables tick once. */
  tick(): void;
  close(): Promise<void>;
}

export interface CliWorldOptions {
  readonly isTerminal?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

const NOW = Date.parse("2026-11-21T08:30:10.000Z");

export async function createCliWorld(options: CliWorldOptions = {}): Promise<CliWorld> {
  const { isTerminal = false, environment = {}, stdin = "" } = options;
  const server = await startScriptedServer();
  const directory = await mkdtemp(join(tmpdir(), "baton-cli-"));
  const stdout = captureOutput(isTerminal);
  const stderr = captureOutput(isTerminal);
  const interrupts = new Set<() => void>();
  const ticks = new Set<() => void>();
  const io: Io = {
    stdout,
    stderr,
    directory,
    config: readConfig({ BATON_SERVER: server.url, ...environment }),
    clock: { now: () => NOW },
    readStdin: async () => stdin,
    onInterrupt: (listener) => register(interrupts, listener),
    every: (_ms, tick) => register(ticks, tick),
  };
  return {
    server,
    stdout,
    stderr,
    io,
    run: (...argv) => runCli(argv, io),
    writeFile: (name, text) => writeFile(join(directory, name), text),
    interrupt: () => callAll(interrupts),
    tick: () => callAll(ticks),
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function register(listeners: Set<() => void>, listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function callAll(listeners: ReadonlySet<() => void>): void {
  for (const listener of [...listeners]) listener();
}

function captureOutput(isTerminal: boolean): CapturedOutput {
  let written = "";
  return {
    isTerminal,
    size: () => ({ columns: 100, rows: 30 }),
    write: (text) => {
      written += text;
    },
    raw: () => written,
    text: () => stripVTControlCharacters(written),
    lastFrame: () => stripVTControlCharacters(written.split("\u001b[?2026h").at(-1) ?? "").replaceAll("\r", ""),
  };
}
