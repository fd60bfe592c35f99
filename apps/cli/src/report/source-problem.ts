import type { Problem, Received } from "@batonrun/contract";
import type { Colors } from "./colors.js";

/** A text and the file name to show for it. */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** One thing that is wrong in a file. Line and column count from 1. */
export interface SourceProblem {
  readonly file: SourceFile;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly pointer?: string;
  readonly severity: Received<Problem["severity"]>;
  readonly code: string;
  readonly message: string;
}

const MAX_WIDTH = 160;

/** `workflow.yaml:9:13: error: …` with the line and a caret under the place. */
export function formatProblem(problem: SourceProblem, colors: Colors): string {
  const paint = problem.severity === "error" ? colors.red : colors.yellow;
  const head = `${colors.bold(placeOf(problem))}: ${paint(problem.severity)}: ${problem.message} ${colors.dim(`(${problem.code})`)}`;
  return [head, ...excerpt(problem, colors)].join("\n");
}

function placeOf({ file, line, column, pointer }: SourceProblem): string {
  if (line !== undefined) return `${file.name}:${line}:${column ?? 1}`;
  return pointer === undefined || pointer === "" ? file.name : `${file.name}#${pointer}`;
}

function excerpt({ file, line, column = 1, severity }: SourceProblem, colors: Colors): readonly string[] {
  const source = line === undefined ? undefined : file.text.split(/\r\n|\r|\n/)[line - 1];
  if (source === undefined || source.trim() === "") return [];
  const number = String(line).padStart(4);
  // A tab stays a tab in front of the caret, so that both lines are indented alike.
  const indent = source.slice(0, column - 1).replace(/[^\t]/g, " ");
  const paint = severity === "error" ? colors.red : colors.yellow;
  const isWide = source.length > MAX_WIDTH || indent.length > MAX_WIDTH;
  if (isWide) return [`${colors.dim(`${number} |`)} ${source.slice(0, MAX_WIDTH)}…`];
  return [`${colors.dim(`${number} |`)} ${source}`, `${colors.dim("     |")} ${indent}${paint("^")}`];
}

/** `2 errors and 1 warning`. */
export function countProblems(problems: readonly SourceProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const counts = [countOf(errors, "error"), countOf(problems.length - errors, "warning")];
  return counts.filter((count) => count !== "").join(" and ");
}

function countOf(count: number, noun: string): string {
  if (count === 0) return "";
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
