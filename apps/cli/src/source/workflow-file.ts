import { type Validation, validateDefinition, type WorkflowDefinition } from "@batonrun/core";
import { CliError } from "../cli-error.js";
import type { Io } from "../io.js";
import { countProblems, type SourceFile, type SourceProblem } from "../report/source-problem.js";
import { readSourceFile } from "./read-file.js";

/** A workflow that a file holds, as far as it can be judged without a server. */
export interface WorkflowFile {
  readonly file: SourceFile;
  readonly format: "yaml" | "json";
  readonly validation: Validation;
  readonly problems: readonly SourceProblem[];
}

export async function readWorkflowFile(io: Io, name: string): Promise<WorkflowFile> {
  const file = await readSourceFile(io, name);
  const format = formatOf(file);
  const validation = validateDefinition(file.text, { format });
  return { file, format, validation, problems: placeProblems(file, validation.problems) };
}

/** The same, or an error that shows every problem in its line. */
export async function readValidWorkflow(
  io: Io,
  name: string,
): Promise<WorkflowFile & { readonly definition: WorkflowDefinition }> {
  const workflow = await readWorkflowFile(io, name);
  const { definition } = workflow.validation;
  if (definition !== null) return { ...workflow, definition };
  const { problems } = workflow;
  throw new CliError(`${workflow.file.name} has ${countProblems(problems)}; nothing was sent.`, { problems });
}

export function placeProblems(
  file: SourceFile,
  problems: readonly Omit<SourceProblem, "file">[],
): readonly SourceProblem[] {
  return problems.map((problem) => ({ ...problem, file }));
}

/** By its ending; without one, by how it begins. */
function formatOf({ name, text }: SourceFile): "yaml" | "json" {
  if (/\.ya?ml$/i.test(name)) return "yaml";
  return /\.json$/i.test(name) || text.trimStart().startsWith("{") ? "json" : "yaml";
}

/** Whether a word means a file: it looks like a path, or there is one. */
export function looksLikePath(word: string): boolean {
  return word === "-" || /[/\\]/.test(word) || /\.(ya?ml|json)$/i.test(word);
}
