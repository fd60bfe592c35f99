import { BatonError, type ErrorDetail, type Problem, type RegisteredWorkflow } from "@batonrun/contract";
import { definitionHash } from "../graph/definition-hash.js";
import type { DefinitionStore } from "../ports/directory.js";
import { type CheckDependencies, checkWorkflow, type WorkflowText } from "./validate-workflow.js";

/** Registers an immutable version. Throws `definition_invalid` with all problems, or `version_conflict`. */
export async function registerWorkflow(
  { definitions, ...dependencies }: CheckDependencies & { readonly definitions: Pick<DefinitionStore, "register"> },
  text: WorkflowText,
): Promise<RegisteredWorkflow & { readonly outcome: "created" | "unchanged" }> {
  const { definition, problems } = await checkWorkflow(dependencies, text);
  if (definition === null) throw definitionInvalid(problems);
  const { name, version } = definition;
  const hash = definitionHash(definition);
  // Not sorted: the declaration order of steps is significant and part of the hash.
  const outcome = await definitions.register({ name, version, hash }, JSON.stringify(definition));
  if (outcome !== "conflict") return { outcome, name, version, hash, problems };
  throw new BatonError(
    "version_conflict",
    `Version ${version} of "${name}" already exists with different content. Versions are immutable: increase \`version\`.`,
    { details: { name, version, hash } },
  );
}

/** The error for an invalid definition. Each problem keeps its pointer, line, and column. */
export function definitionInvalid(problems: readonly Problem[]): BatonError {
  const errors = problems.filter((problem) => problem.severity === "error").map(errorDetail);
  const count = errors.length === 1 ? "1 problem" : `${errors.length} problems`;
  return new BatonError("definition_invalid", `The workflow definition has ${count}.`, { errors });
}

function errorDetail({ pointer, message, code, line, column }: Problem): ErrorDetail {
  return { pointer, message, code, ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
}
