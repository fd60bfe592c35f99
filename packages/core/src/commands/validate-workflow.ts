import type { WorkflowValidation } from "@batonrun/contract";
import { graphDrawing } from "../drawing/graph-drawing.js";
import { type DefinitionLimits, type Validation, validateDefinition } from "../graph/checks/validate-definition.js";
import type { WorkerDirectory } from "../ports/directory.js";

/** The text of a definition, and its syntax. */
export interface WorkflowText {
  readonly body: string;
  readonly format: "json" | "yaml";
}

export interface CheckDependencies {
  readonly workers: Pick<WorkerDirectory, "list">;
  /** Limits for the definition, where they differ from the defaults. */
  readonly definitionLimits?: DefinitionLimits;
}

/** Finds all problems of a definition, including unknown actions according to the live workers. */
export async function validateWorkflow(
  dependencies: CheckDependencies,
  text: WorkflowText,
): Promise<WorkflowValidation> {
  const { graph, problems } = await checkWorkflow(dependencies, text);
  return { valid: graph !== null, problems, graph: graph === null ? null : graphDrawing(graph) };
}

/** Like `validateWorkflow`, with the definition and its compiled graph for callers that need them. */
export async function checkWorkflow(
  { workers, definitionLimits = {} }: CheckDependencies,
  source: { readonly body: unknown; readonly format: "json" | "yaml" },
): Promise<Validation> {
  const announced = await workers.list();
  const actions = announced.flatMap((worker) => worker.actions);
  return validateDefinition(source.body, { format: source.format, actions, limits: definitionLimits });
}
