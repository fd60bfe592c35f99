import * as z from "zod";

/** Every code of a problem, with the sentence that the reference prints. */
export const problemCatalog = {
  syntax: "The text is not YAML or JSON.",
  too_large: "The text is larger than the limit.",
  too_deep: "The text is nested deeper than the limit.",
  forbidden_key: "A key is named `__proto__`, `constructor`, or `prototype`.",
  duplicate_key: "A key occurs twice in the same map.",
  not_json: "The value cannot be represented in JSON.",
  unknown_key: "Unknown key.",
  missing_key: "A required key is missing.",
  unknown_kind: "Unknown step `type`.",
  bad_value: "Invalid value for this key.",
  bad_duration: "Invalid duration. Write it as `500ms`, `30s`, `5m`, `1h`, or `7d`.",
  bad_step_id: "Invalid step id. Use lowercase letters, digits, and underscores, and no reserved word.",
  bad_schema: "Invalid JSON Schema, or one that refers to something outside itself.",
  bad_expression: "An expression cannot be parsed, or can never be evaluated successfully.",
  not_supported_yet: "This feature is part of the format, but this version of Baton does not support it yet.",
  shadowed_step: "A step has the same id as a step in an enclosing scope.",
  duplicate_need: "`needs` lists a step twice.",
  unknown_step: "A referenced step or name does not exist.",
  unknown_field: "A referenced field of a step or of `run` does not exist.",
  unknown_variable: "A referenced name does not exist in `vars`.",
  empty_wildcard: "A wildcard matches no steps.",
  out_of_scope: "A referenced step exists but is not visible from here.",
  cycle: "Steps depend on each other in a cycle.",
  limit_exceeded: "The definition exceeds a limit.",
  unknown_action: "No live worker has announced the action.",
  input_mismatch: "The step's `with` does not match the input schema of its action.",
  unreachable_step: "The step can never run.",
} as const satisfies Record<string, string>;

export type ProblemCode = keyof typeof problemCatalog;

const problemCodes = Object.keys(problemCatalog) as [ProblemCode, ...ProblemCode[]]; // the table is not empty

/** One thing that is wrong with a definition. Line and column count from 1 and are there for text only. */
export const Problem = z.object({
  /** JSON Pointer into the definition. */
  pointer: z.string(),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
  severity: z.enum(["error", "warning"]),
  // Documented as any text: later versions have more codes.
  code: z.enum(problemCodes).meta({ type: "string" }),
  /** What is wrong, with which, and what to do. */
  message: z.string(),
});
export type Problem = Readonly<z.infer<typeof Problem>>;
