import { LineCounter, parseDocument } from "yaml";
import { CliError } from "../cli-error.js";
import type { SourceFile, SourceProblem } from "../report/source-problem.js";

/** The value that a file holds: YAML where its name says so, else JSON. */
export function parseData(file: SourceFile): unknown {
  const isYaml = /\.ya?ml$/i.test(file.name);
  if (isYaml) return parseYaml(file);
  try {
    return JSON.parse(file.text);
  } catch (cause) {
    throw new CliError(`${file.name} is not valid JSON.`, { problems: [jsonProblem(file, cause)], cause });
  }
}

function parseYaml(file: SourceFile): unknown {
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error === undefined) return document.toJS();
  const { line, col } = lines.linePos(error.pos[0]);
  const problem = { file, line, column: col, severity: "error", code: "syntax", message: error.message } as const;
  throw new CliError(`${file.name} is not valid YAML.`, { problems: [problem] });
}

function jsonProblem(file: SourceFile, cause: unknown): SourceProblem {
  const said = cause instanceof Error ? cause.message : String(cause);
  const message = said.replace(/(, ("|\.\.\.).*is not valid JSON| in JSON at position .*)$/s, "");
  return { file, ...placeAt(file.text, mistakeIn(file.text)), severity: "error", code: "syntax", message };
}

/** JSON.parse reports the offset of some errors only. Text before an error could still become JSON, so this bisects. */
function mistakeIn(text: string): number {
  let good = 0;
  let bad = text.length;
  while (good < bad) {
    const middle = Math.ceil((good + bad) / 2);
    if (couldBecomeJson(text.slice(0, middle))) good = middle;
    else bad = middle - 1;
  }
  return good;
}

function couldBecomeJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const said = error instanceof Error ? error.message : "";
    const offset = /at position (\d+)/.exec(said)?.[1];
    return (
      /end of JSON input|Unterminated string/.test(said) || (offset !== undefined && Number(offset) >= text.length)
    );
  }
}

function placeAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
