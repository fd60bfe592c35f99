import { isPlainObject } from "@batonrun/node/json";
import { type CompiledSchema, compileSchema } from "../../definition/input-schema.js";
import type { ActionStep } from "../../definition/schema.js";
import { didYouMean } from "../../expression/suggestion.js";
import type { LinkIssue } from "../links.js";
import type { Outline, OutlineStep } from "../outline.js";

/** An action that some worker announced. */
export interface AnnouncedAction {
  readonly name: string;
  /** JSON Schema of its `with`. */
  readonly input?: unknown;
}

/** Warnings only: workers come and go, and the one that has the action may not be up yet. */
export function checkActions(outline: Outline, actions: readonly AnnouncedAction[]): readonly LinkIssue[] {
  const byName = new Map(actions.map((action) => [action.name, action]));
  return outline.steps.flatMap(({ step, pointer }) => {
    if (step.type !== "action") return [];
    const action = byName.get(step.action);
    return action === undefined ? [unknownAction({ step, pointer }, byName)] : checkWith({ step, pointer }, action);
  });
}

type PlacedAction = Pick<OutlineStep, "pointer"> & { readonly step: ActionStep };

function unknownAction({ step, pointer }: PlacedAction, byName: ReadonlyMap<string, AnnouncedAction>): LinkIssue {
  const hint = didYouMean(step.action, byName.keys());
  return {
    pointer: `${pointer}/action`,
    severity: "warning",
    code: "unknown_action",
    message: `no live worker has announced the action "${step.action}".${hint}`,
  };
}

function checkWith({ step, pointer }: PlacedAction, { name, input }: AnnouncedAction): readonly LinkIssue[] {
  const schema = tryCompile(input);
  if (schema === null || typeof step.with === "string") return [];
  const errors = schema.validate(step.with).filter((error) => !isComputed(step.with, error.pointer));
  return errors.map((error) => ({
    pointer: `${pointer}/with${error.pointer}`,
    severity: "warning",
    code: "input_mismatch",
    message: `invalid input for the action "${name}": ${error.message}`,
  }));
}

/** A worker may announce a schema that is not one for us: then nothing is known, and nothing said. */
function tryCompile(schema: unknown): CompiledSchema | null {
  if (schema === undefined) return null;
  try {
    return compileSchema(schema);
  } catch {
    // The worker checks its input itself when the step runs.
    return null;
  }
}

/** What a template gives is known when it runs: an error about it, or about anything that holds one, says nothing. */
function isComputed(value: unknown, pointer: string): boolean {
  let at: unknown = value;
  for (const segment of pointer.split("/").slice(1)) {
    if (Array.isArray(at)) at = at[Number(segment)];
    else if (isPlainObject(at)) at = at[segment.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return typeof at === "string" && at.includes("{{");
}
