import type { ProblemCode } from "@batonrun/contract";
import type { CelReference } from "./cel/cel-references.js";
import { type Names, runFields, stepFields } from "./names.js";
import { didYouMean } from "./suggestion.js";

/** A reference that is invalid where it is used. */
export interface NameIssue {
  readonly code: ProblemCode;
  readonly message: string;
}

/** Checks one reference against the visible names. Returns null if it is valid. */
export function checkReference(reference: CelReference, names: Names): NameIssue | null {
  const { name } = reference;
  if (name === "secret" && !names.isStep(name)) return secretIssue(reference);
  if (names.isStep(name)) return checkField(reference, { what: "a step", fields: stepFields });
  if (!names.roots.has(name)) return unknownName(name, names);
  if (name === "run") return checkField(reference, { what: "run", fields: runFields });
  return name === "vars" ? checkVar(reference, names) : null;
}

function secretIssue({ path }: CelReference): NameIssue {
  const secret = ["secret", ...path].join(".");
  return {
    code: "not_supported_yet",
    message: `${secret} cannot be read: secrets in expressions are not supported yet`,
  };
}

function unknownName(name: string, names: Names): NameIssue {
  const explained = names.explain(name);
  if (explained !== null) return explained;
  const hint = didYouMean(name, rootsAndSteps(names));
  return {
    code: "unknown_step",
    message: `"${name}" is neither a step that is visible here nor a built-in name.${hint}`,
  };
}

function* rootsAndSteps(names: Names): Generator<string> {
  yield* names.roots;
  yield* names.stepIds();
}

/** Writing `extract.text` for `extract.result.text` is the most common mistake. */
function checkField(
  { name, path }: CelReference,
  { what, fields }: { readonly what: string; readonly fields: readonly string[] },
): NameIssue | null {
  const [field] = path;
  if (field === undefined || fields.includes(field)) return null;
  const guess = didYouMean(field, fields);
  const inResult = fields === stepFields ? ` Did you mean "${name}.result.${path.join(".")}"?` : "";
  return {
    code: "unknown_field",
    message: `${what} has no field "${field}". Its fields are ${fields.join(", ")}.${guess === "" ? inResult : guess}`,
  };
}

function checkVar({ path, optional }: CelReference, { vars }: Names): NameIssue | null {
  const [name] = path;
  if (name === undefined || optional || vars === null || vars.has(name)) return null;
  return { code: "unknown_variable", message: `vars has no name "${name}".${didYouMean(name, vars)}` };
}
