import { isPlainObject, type Path, pointerOf } from "@batonrun/node/json";
import { compileSchema } from "../../definition/input-schema.js";
import type { LinkIssue } from "../links.js";
import type { Outline } from "../outline.js";

/** Checks the JSON Schemas of a definition: the run's `input` and the steps' `outputSchema`. */
export function checkSchemas({ definition, steps }: Outline): readonly LinkIssue[] {
  return [
    ...checkSchema("/input", definition.input),
    ...steps.flatMap(({ step, pointer }) => checkSchema(`${pointer}/outputSchema`, step.outputSchema)),
  ];
}

/** Templates in `vars` are not evaluated. Only a warning, because plain text can contain braces. */
export function checkVars({ definition }: Outline): readonly LinkIssue[] {
  return textsWithBraces(definition.vars, []).map((path) => ({
    pointer: `/vars${pointerOf(path)}`,
    severity: "warning",
    code: "bad_expression",
    message: "templates in vars are not evaluated; this {{ }} is plain text",
  }));
}

function checkSchema(pointer: string, schema: unknown): readonly LinkIssue[] {
  if (schema === undefined) return [];
  try {
    compileSchema(schema);
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ pointer, severity: "error", code: "bad_schema", message: `invalid JSON Schema: ${reason}` }];
  }
}

function textsWithBraces(value: unknown, path: Path): readonly Path[] {
  if (typeof value === "string") return value.includes("{{") ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((held, index) => textsWithBraces(held, [...path, index]));
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([key, held]) => textsWithBraces(held, [...path, key]));
}
