import type { Action } from "@batonrun/core/actions";
import { z } from "zod";

/** What an export that wants to be an action must be. Schemas may come from another copy of zod, so they are not looked into. */
const ActionShape = z.object({
  name: z
    .string()
    .max(128)
    .regex(/^[a-z][a-zA-Z0-9_-]*(\.[a-zA-Z0-9_-]+)*$/, "must be words joined by dots, such as text.extract"),
  capability: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, "must be at most 64 lowercase letters, digits, and dashes"),
  effects: z.enum(["none", "idempotent", "external"]),
});

/** An action has a name and a function `run`; schemas, constants and functions that a module also exports do not. */
export function looksLikeAction(value: unknown): value is Action {
  if (typeof value !== "object" || value === null) return false;
  return "name" in value && "run" in value && typeof value.run === "function";
}

/** What keeps it from being an action; empty when it is one. */
export function actionProblems(action: Action): readonly string[] {
  const checked = ActionShape.safeParse(action);
  return checked.success ? [] : checked.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
}
