import type { Path } from "@batonrun/node";
import { z } from "zod";
import { Retry, Step, WorkflowDefinition } from "./schema.js";

/** The kinds of step that this version has. */
export const stepKinds: readonly string[] = Step.options.map((option) => option.shape.type).map(literalOf);

/** The keys that may stand at a place, for suggestions. `kind` is the step's kind where the place is a step. */
export function keysAt(path: Path, kind: string | null): readonly string[] {
  if (path.length === 0) return Object.keys(WorkflowDefinition.shape);
  if (path.at(-1) === "retry") return Object.keys(Retry.shape);
  const option = Step.options.find((candidate) => literalOf(candidate.shape.type) === kind);
  if (option !== undefined) return Object.keys(option.shape);
  return path.at(-2) === "cases" ? ["if", "steps"] : ["steps"];
}

function literalOf(schema: z.ZodType): string {
  const literal = schema instanceof z.ZodDefault ? schema.def.innerType : schema;
  return literal instanceof z.ZodLiteral ? String(literal.value) : "";
}
