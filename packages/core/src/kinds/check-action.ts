import { isPlainObject } from "@batonrun/node/json";
import { type CompiledSchema, compileSchema } from "../definition/input-schema.js";
import { didYouMean } from "../expression/suggestion.js";
import type { ActionStep } from "./action.js";
import type { AnnouncedAction, StepIssue } from "./kind.js";

/** Only warnings: workers come and go, and the one that has the action may not be running yet. */
export function checkAction(step: ActionStep, announced: readonly AnnouncedAction[]): readonly StepIssue[] {
  const action = announced.find(({ name }) => name === step.action);
  return action === undefined ? [unknownAction(step, announced)] : checkWith(step, action);
}

function unknownAction({ action }: ActionStep, announced: readonly AnnouncedAction[]): StepIssue {
  const names = announced.map(({ name }) => name);
  return {
    pointer: "/action",
    severity: "warning",
    code: "unknown_action",
    message: `no live worker has announced the action "${action}".${didYouMean(action, names)}`,
  };
}

function checkWith(step: ActionStep, { name, input }: AnnouncedAction): readonly StepIssue[] {
  const schema = tryCompile(input);
  if (schema === null || typeof step.with === "string") return [];
  const errors = schema.validate(step.with).filter((error) => !isComputed(step.with, error.pointer));
  return errors.map((error) => ({
    pointer: `/with${error.pointer}`,
    severity: "warning",
    code: "input_mismatch",
    message: `invalid input for the action "${name}": ${error.message}`,
  }));
}

/** An announced schema can be invalid here. The input is then not checked. */
function tryCompile(schema: unknown): CompiledSchema | null {
  if (schema === undefined) return null;
  try {
    return compileSchema(schema);
  } catch {
    // The worker checks the input itself when the step runs.
    return null;
  }
}

/** The value of a template is known only at run time, so errors at it, or at a value that contains it, are ignored. */
function isComputed(value: unknown, pointer: string): boolean {
  let at: unknown = value;
  for (const segment of pointer.split("/").slice(1)) {
    if (Array.isArray(at)) at = at[Number(segment)];
    else if (isPlainObject(at)) at = at[segment.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return typeof at === "string" && at.includes("{{");
}
