import { z } from "zod";
import { BaseStep, Condition, type DeepReadonly, type NestedSchemas } from "../definition/step.js";
import { resultsById } from "./instance-result.js";
import type { BodyScope, ContainerKind, OwnExpression } from "./kind.js";

/** Key of the scope that runs if no condition is true. The key of a case is its index. */
const ELSE = "else";

const schema = (nested: NestedSchemas) =>
  BaseStep.extend({
    type: z.literal("conditional"),
    get cases() {
      return z.array(caseSchema(nested)).min(1).max(100);
    },
    get else() {
      return z.exactOptional(elseSchema(nested));
    },
  });

const caseSchema = (nested: NestedSchemas) =>
  z.strictObject({
    if: Condition,
    get steps() {
      return nested.steps;
    },
  });

const elseSchema = (nested: NestedSchemas) =>
  z.strictObject({
    get steps() {
      return nested.steps;
    },
  });

export type ConditionalStep = DeepReadonly<z.output<ReturnType<typeof schema>>>;
export type ConditionalSource = DeepReadonly<z.input<ReturnType<typeof schema>>>;

/** Runs the first case whose condition is true. */
export const conditional: ContainerKind<ConditionalStep> = {
  shape: "container",
  schema,
  nested: [
    { path: ["cases", "*", "steps"], holds: "steps" },
    { path: ["else", "steps"], holds: "steps" },
  ],
  notYet: ["timeout", "retry", "queue", "sla", "with", "effects"],
  expressions: ({ cases }) =>
    cases.map(
      (one, index): OwnExpression => ({ key: conditionKey(index), when: "enter", form: "condition", source: one.if }),
    ),
  notes: () => ({}),
  scopes: caseScopes,
  entersAll: false,
  maxParallel: () => null,
  enter: (step, expressions, scope) => {
    const held = step.cases.findIndex((_case, index) => expressions.get(conditionKey(index))?.evaluate(scope) === true);
    const otherwise = step.else === undefined ? null : ELSE;
    const key = held === -1 ? otherwise : String(held);
    return { kind: "scope", key, note: { case: caseName(key) } };
  },
  judge: (_step, { failed, total }) => (failed === 0 ? null : `${failed} of ${total} steps of the case failed`),
  countsTolerated: false,
  result: async (instances) => {
    const taken = await instances.takenScope();
    const results = taken === "" ? {} : resultsById(await instances.ofScope(taken));
    return { case: caseName(taken === "" ? null : taken), results };
  },
};

function conditionKey(index: number): string {
  return `cases/${index}/if`;
}

function caseScopes(step: ConditionalStep): readonly BodyScope[] {
  const cases = step.cases.map(({ steps }, index) => ({
    key: String(index),
    steps,
    pointer: `/cases/${index}/steps`,
  }));
  return step.else === undefined ? cases : [...cases, { key: ELSE, steps: step.else.steps, pointer: "/else/steps" }];
}

/** The case in results and events: its zero-based index, "else", or null if none was taken. */
function caseName(key: string | null): number | string | null {
  return key === null || key === ELSE ? key : Number(key);
}
