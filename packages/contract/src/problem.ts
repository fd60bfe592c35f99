/** Every code of a problem, with the sentence that the reference prints. */
export const problemCatalog = {
  syntax: "The text is not YAML or JSON.",
  too_large: "The text is larger than the limit.",
  too_deep: "The text is nested more deeply than the limit.",
  forbidden_key: "A key is named `__proto__`, `constructor` or `prototype`.",
  duplicate_key: "A key stands twice in one map.",
  not_json: "A value is not one that JSON can hold.",
  unknown_key: "The format has no such key there.",
  missing_key: "A key that is required is not there.",
  unknown_kind: "The format has no such `type` of step.",
  bad_value: "A value is not one that the key takes.",
  bad_duration: "A duration is not written like `500ms`, `30s`, `5m`, `1h` or `7d`.",
  bad_step_id: "A step's id is not lower case letters, digits and underscores, or is a word that is taken.",
  bad_schema: "A JSON Schema is not valid, or refers to something outside of itself.",
  bad_expression: "An expression cannot be parsed, or can never be evaluated.",
  not_supported_yet: "The format has it, this version of Baton does not.",
  shadowed_step: "A step has the id of one in an enclosing scope.",
  duplicate_need: "`needs` names a step twice.",
  unknown_step: "A step or name that is referred to does not exist.",
  unknown_field: "A step or `run` has no such field.",
  unknown_variable: "`vars` has no such name.",
  empty_wildcard: "A wildcard matches no step.",
  out_of_scope: "A step that is referred to exists, but cannot be seen from there.",
  cycle: "Steps wait for one another in a circle.",
  limit_exceeded: "A limit of the definition is passed.",
  unknown_action: "No worker has announced the action.",
  input_mismatch: "The step's `with` does not fit the input schema of its action.",
  unreachable_step: "The step can never run.",
} as const satisfies Record<string, string>;

export type ProblemCode = keyof typeof problemCatalog;

/** One thing that is wrong with a definition. Line and column count from 1 and are there for text only. */
export interface Problem {
  /** JSON Pointer into the definition. */
  readonly pointer: string;
  readonly line?: number;
  readonly column?: number;
  readonly severity: "error" | "warning";
  readonly code: ProblemCode;
  /** What is wrong, with which, and what to do. */
  readonly message: string;
}
