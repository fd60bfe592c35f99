import { z } from "zod";
import { callAction } from "../actions/call-action.js";
import { type DeepReadonly, Json, LeafStep } from "../definition/step.js";
import { checkAction } from "./check-action.js";
import type { LeafKind } from "./kind.js";

const schema = () =>
  LeafStep.extend({
    type: z.literal("action").default("action"),
    action: z
      .string()
      .regex(/^[a-z][a-zA-Z0-9_-]*(\.[a-zA-Z0-9_-]+)*$/, "must be an action name such as text.extract")
      .max(128),
    with: Json.default({}),
  });

export type ActionStep = DeepReadonly<z.output<ReturnType<typeof schema>>>;
export type ActionSource = DeepReadonly<z.input<ReturnType<typeof schema>>>;

/** Calls one action of a worker. */
export const action: LeafKind<ActionStep> = {
  shape: "leaf",
  schema,
  nested: [],
  notYet: ["candidates", "routing"],
  expressions: (step) => [{ key: "with", when: "enter", form: "template", source: step.with }],
  notes: (step) => ({ action: step.action }),
  check: checkAction,
  action: (step) => step.action,
  start: async ({ step, expressions, scope, actions, context, timeoutMs, abort }) => {
    const called = actions.get(step.action);
    if (called === undefined) throw new Error(`this worker does not provide the action ${step.action}`);
    const input = expressions.get("with")?.evaluate(scope);
    return await callAction({ action: called, input, context, timeoutMs, abort });
  },
};
