import { BatonApiError } from "@batonrun/client";
import { CliError } from "../cli-error.js";
import { type ExitCode, exitCodes } from "../exit-codes.js";
import type { Colors } from "./colors.js";
import { formatProblem } from "./source-problem.js";

/** An error as text for people and as JSON for scripts. */
export interface ErrorReport {
  readonly exitCode: ExitCode;
  readonly text: string;
  /** What `-o json` writes to stderr. */
  readonly json: unknown;
}

/** The only place where an error becomes text: what, where, and what to do. */
export function reportError(error: unknown, colors: Colors): ErrorReport {
  if (error instanceof CliError) return reportCliError(error, colors);
  if (error instanceof BatonApiError) return reportApiError(error, colors);
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const text = sentence(colors, { what: `Internal error in baton. Please report it:\n${said}` });
  return { exitCode: exitCodes.internal.code, text, json: { error: { code: "internal", message: String(error) } } };
}

function reportCliError(error: CliError, colors: Colors): ErrorReport {
  const problems = error.problems.map((problem) => formatProblem(problem, colors));
  const text = sentence(colors, { what: error.message, hint: error.hint });
  return {
    exitCode: error.exitCode,
    text: [...problems, text].join("\n\n"),
    json: {
      error: {
        code: "usage",
        message: error.message,
        problems: error.problems.map(({ file, ...rest }) => ({ file: file.name, ...rest })),
      },
    },
  };
}

function reportApiError(error: BatonApiError, colors: Colors): ErrorReport {
  const { code, status, message, errors, retryable, traceId } = error;
  const items = errors.map((item) => `  ${colors.bold(item.pointer || "/")}: ${item.message}`);
  const what = [message, ...items].join("\n");
  const text = sentence(colors, { what, hint: hintOf(error) });
  return {
    exitCode: exitCodeOfApi(error),
    text: traceId === undefined ? text : `${text}\n${colors.dim(`${code}, trace ${traceId}`)}`,
    json: { error: { code, status, message, errors, retryable, traceId } },
  };
}

/** A definition or an input that the API refuses is the same mistake as one that is found here. */
function exitCodeOfApi({ code, status }: BatonApiError): ExitCode {
  if (code === "unreachable") return exitCodes.unreachable.code;
  return status === 400 || status === 422 ? exitCodes.usage.code : exitCodes.refused.code;
}

function hintOf({ code, retryable }: BatonApiError): string | undefined {
  switch (code) {
    case "unreachable":
      return "Start Baton with `npm start`, or set its URL with --server or BATON_SERVER.";
    case "response_invalid":
      return "Another program may be listening at this URL. Set Baton's URL with --server or BATON_SERVER.";
    case "run_not_found":
      return "List runs with `baton runs list`. Ended runs are kept for 7 days by default.";
    case "workflow_not_found":
      return "List workflows with `baton workflows list`. For a file, use a path such as ./hello.yaml.";
    case "version_conflict":
      return "Registered versions are immutable. Increase `version` in the file.";
    default:
      return retryable ? "Try again in a moment." : undefined;
  }
}

function sentence(
  colors: Colors,
  { what, hint }: { readonly what: string; readonly hint?: string | undefined },
): string {
  const line = `${colors.red(colors.bold("error:"))} ${what}`;
  return hint === undefined ? line : `${line}\n${colors.cyan("hint:")} ${hint}`;
}
