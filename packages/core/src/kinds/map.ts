import { type ContainerKind, EnterRefused, judgeBySuccessRate } from "./kind.js";

/** Items of one map. */
const MAX_ITEMS = 50_000;

/** The body once for each item of a list. */
export const map: ContainerKind<"map"> = {
  enter: (_step, expressions, scope) => {
    const items = expressions.over?.evaluate(scope);
    if (!Array.isArray(items)) {
      throw new EnterRefused("validation", `\`over\` must return a list, not ${nameOf(items)}`);
    }
    if (items.length > MAX_ITEMS) {
      throw new EnterRefused("limit", `\`over\` returned ${items.length} items; the limit is ${MAX_ITEMS}`);
    }
    return { kind: "items", items };
  },
  judge: (step, tally) => judgeBySuccessRate(step.minSuccess, tally),
  countsTolerated: true,
};

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  return typeof value === "object" ? "a map" : `a ${typeof value}`;
}
