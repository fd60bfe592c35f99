import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { CliError } from "../cli-error.js";
import type { Io } from "../io.js";
import type { SourceFile } from "../report/source-problem.js";

/** A file's text under the name that the person gave; `-` is what comes in by the pipe. */
export async function readSourceFile(io: Io, name: string): Promise<SourceFile> {
  if (name === "-") return { name: "<stdin>", text: await io.readStdin() };
  try {
    return { name, text: await readFile(resolve(io.directory, name), "utf8") };
  } catch (cause) {
    throw new CliError(`${name} cannot be read: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return String(error);
  switch (error.code) {
    case "ENOENT":
      return "no such file";
    case "EISDIR":
      return "it is a directory";
    case "EACCES":
      return "permission denied";
    default:
      return error.message;
  }
}

/** Whether there is a file of this name, and not a folder. */
export async function isFile(io: Io, name: string): Promise<boolean> {
  return stat(resolve(io.directory, name)).then(
    (found) => !found.isDirectory(),
    () => false,
  );
}
