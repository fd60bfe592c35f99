import { z } from "zod";
import { defaults } from "../definition/defaults.js";
import { BaseStep, type DeepReadonly, Json, type NestedSchemas, Parallelism, SuccessRate } from "../definition/step.js";
import { itemsResult } from "./instance-result.js";
import { type ContainerKind, EnterRefused } from "./kind.js";
import { judgeBySuccessRate } from "./success-rate.js";

/** Maximum number of items per map. */
const MAX_ITEMS = 50_000;

const schema = (nested: NestedSchemas) =>
  BaseStep.extend({
    type: z.literal("map"),
    over: z
      .union([z.string().min(1), z.array(Json)], { error: "must be a list, or a CEL expression that returns a list" })
      .describe("A list, or a CEL expression that returns a list"),
    maxParallel: Parallelism.exactOptional(),
    minSuccess: SuccessRate.default(defaults.minSuccess),
    get step() {
      return z.exactOptional(nested.step);
    },
    get steps() {
      return z.exactOptional(nested.steps);
    },
  }).refine(({ step, steps }) => (step === undefined) !== (steps === undefined), {
    error: "a map must have either `step` or `steps`",
  });

export type MapStep = DeepReadonly<z.output<ReturnType<typeof schema>>>;
export type MapSource = DeepReadonly<z.input<ReturnType<typeof schema>>>;

/** Runs the body once per item of a list. */
export const map: ContainerKind<MapStep> = {
  shape: "container",
  schema,
  nested: [
    { path: ["steps"], holds: "steps" },
    { path: ["step"], holds: "step" },
  ],
  notYet: ["timeout", "retry", "queue", "sla", "with", "effects", "batch"],
  expressions: ({ over }) => [
    { key: "over", when: "enter", form: typeof over === "string" ? "list" : "template", source: over },
  ],
  notes: () => ({}),
  scopes: ({ steps }) => (steps === undefined ? [] : [{ key: "", steps, pointer: "/steps" }]),
  single: ({ step }) => step,
  repetition: { names: ["item", "index"], itemNames: ["item"], bind: (index, item) => ({ index, item }) },
  entersAll: false,
  maxParallel: ({ maxParallel }) => maxParallel ?? null,
  enter: (_step, expressions, scope) => {
    const items = expressions.get("over")?.evaluate(scope);
    if (!Array.isArray(items)) {
      throw new EnterRefused("validation", `\`over\` must return a list, not ${nameOf(items)}`);
    }
    if (items.length > MAX_ITEMS) {
      throw new EnterRefused("limit", `\`over\` returned ${items.length} items; the limit is ${MAX_ITEMS}`);
    }
    return { kind: "items", items, note: { total: items.length } };
  },
  judge: ({ minSuccess }, tally) => judgeBySuccessRate(minSuccess, tally),
  countsTolerated: true,
  result: async (instances) => itemsResult(await instances.ofItems()),
};

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  return typeof value === "object" ? "a map" : `a ${typeof value}`;
}
