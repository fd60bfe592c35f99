import { text } from "node:stream/consumers";
import type { WriteStream } from "node:tty";
import { systemClock } from "@batonrun/core";
import { readConfig } from "./config.js";
import type { Io, Output } from "./io.js";

/** The `Io` of a real process. */
export function processIo(): Io {
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    config: readConfig(),
    clock: systemClock,
    directory: process.cwd(),
    readStdin: () => text(process.stdin),
    onInterrupt(listener) {
      for (const name of ["SIGINT", "SIGTERM"]) process.on(name, listener);
      return () => {
        for (const name of ["SIGINT", "SIGTERM"]) process.off(name, listener);
      };
    },
    every(ms, tick) {
      const timer = setInterval(tick, ms);
      return () => clearInterval(timer);
    },
  };
}

function outputOf(stream: WriteStream): Output {
  // `baton runs list | head`: the reader closed the pipe, which is not an error.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return {
    isTerminal: stream.isTTY === true,
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    write: (line) => {
      stream.write(line);
    },
  };
}
