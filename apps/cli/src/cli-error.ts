import { type ExitCode, exitCodes } from "./exit-codes.js";
import type { SourceProblem } from "./report/source-problem.js";

export interface CliErrorOptions {
  readonly exitCode?: ExitCode;
  /** Problems in files, with positions. */
  readonly problems?: readonly SourceProblem[];
  /** What to do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** An error that the user can fix. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly problems: readonly SourceProblem[];
  readonly hint: string | undefined;

  constructor(message: string, options: CliErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CliError";
    this.exitCode = options.exitCode ?? exitCodes.usage.code;
    this.problems = options.problems ?? [];
    this.hint = options.hint;
  }
}
