import { keptMessage, type SerializedError } from "@batonrun/contract";
import { compileSchema } from "../definition/input-schema.js";
import type { Step } from "../definition/step.js";
import type { StepOutcome } from "../run/outcome.js";

/** Maximum size of a result, as JSON text in UTF-8. */
export const MAX_RESULT_BYTES = 1024 * 1024;

/** A step returned a value that JSON cannot represent. */
export class NotJson extends Error {}

/** The outcome for a value, after checking the step's schema and the size limit. */
export function completedWith(value: unknown, schema: Step["outputSchema"]): StepOutcome {
  const result = jsonText(value);
  const bytes = Buffer.byteLength(result);
  const refused = refusedBySchema(schema === undefined ? null : JSON.parse(result), schema);
  if (refused !== null) return refused;
  if (bytes <= MAX_RESULT_BYTES) return { status: "completed", result };
  const message = `the result has ${bytes} bytes, but at most ${MAX_RESULT_BYTES} can be stored; store it elsewhere and return its location`;
  return { status: "failed", error: { type: "limit", message, retryable: false } };
}

/** A value that JSON cannot represent is a bug in the action, so it is not retried. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new NotJson(`the result cannot be stored as JSON: ${why}`, { cause });
  }
}

/** The failure for a value that does not match the schema, or null if it does or there is no schema. */
export function refusedBySchema(value: unknown, schema: Step["outputSchema"]): StepOutcome | null {
  const problems = schema === undefined ? [] : compileSchema(schema).validate(value);
  return problems.length === 0 ? null : { status: "failed", error: schemaError(problems) };
}

function schemaError(problems: readonly { readonly pointer: string; readonly message: string }[]): SerializedError {
  const list = problems.map(({ pointer, message }) => `${pointer === "" ? "/" : pointer}: ${message}`);
  const message = keptMessage(`the result does not match outputSchema: ${list.join("; ")}`);
  return { type: "validation", message, retryable: false };
}
