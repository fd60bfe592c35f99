import type { WorkflowValidation } from "@batonrun/contract";
import { graphDrawing } from "../drawing/graph-drawing.js";
import { type DefinitionLimits, type Validation, validateDefinition } from "../graph/checks/validate-definition.js";
import type { WorkerDirectory } from "../ports/directory.js";

/** A definition as it came: its text, and how it is written. */
export interface WorkflowText {
  readonly body: string;
  readonly format: "json" | "yaml";
}

export interface CheckDependencies {
  readonly workers: Pick<WorkerDirectory, "list">;
  /** Other limits than the format's own. */
  readonly definitionLimits?: DefinitionLimits;
}

/** Everything that is wrong with a definition, seen together with the actions that live workers announced. */
export async function validateWorkflow(
  dependencies: CheckDependencies,
  text: WorkflowText,
): Promise<WorkflowValidation> {
  const { graph, problems } = await checkWorkflow(dependencies, text);
  return { valid: graph !== null, problems, graph: graph === null ? null : graphDrawing(graph) };
}

/** The same with the definition and its compiled graph, for the use cases that go on with them. */
export async function checkWorkflow(
  { workers, definitionLimits = {} }: CheckDependencies,
  source: { readonly body: unknown; readonly format: "json" | "yaml" },
): Promise<Validation> {
  const announced = await workers.list();
  const actions = announced.flatMap((worker) => worker.actions);
  return validateDefinition(source.body, { format: source.format, actions, limits: definitionLimits });
}
