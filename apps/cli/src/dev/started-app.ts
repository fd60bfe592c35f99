import { spawn } from "node:child_process";

export interface AppOptions {
  readonly name: string;
  readonly root: string;
  /** Its main file, below the root. */
  readonly entry: string;
  readonly isWatched: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  onOutput(text: string): void;
}

export interface Ended {
  readonly name: string;
  /** `exit code 1`, `SIGKILL`. */
  readonly how: string;
}

/** A process that runs until it is stopped. */
export interface StartedApp {
  readonly name: string;
  readonly ended: Promise<Ended>;
  hasEnded(): boolean;
  stop(): Promise<void>;
}

/** A worker may take 25 s to finish what it holds. */
const PATIENCE_MS = 40_000;

/** It leads a process group of its own, so that Ctrl-C reaches only us and we can stop services in their order. */
export function startApp({ name, root, entry, isWatched, environment, onOutput }: AppOptions): StartedApp {
  const watch = isWatched ? ["--watch", "--watch-preserve-output"] : [];
  const child = spawn(process.execPath, [...watch, "--conditions=source", "--import", "tsx", entry], {
    cwd: root,
    env: { ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  child.stdout.setEncoding("utf8").on("data", onOutput);
  child.stderr.setEncoding("utf8").on("data", onOutput);
  let hasEnded = false;
  const ended = new Promise<Ended>((resolve) => {
    const end = (how: string): void => {
      hasEnded = true;
      resolve({ name, how });
    };
    child.once("error", (error) => end(error.message));
    child.once("close", (code, signal) => end(signal ?? `exit code ${code}`));
  });
  return {
    name,
    ended,
    hasEnded: () => hasEnded,
    async stop() {
      if (hasEnded) return;
      child.kill("SIGTERM");
      const impatience = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      await ended;
      clearTimeout(impatience);
    },
  };
}
