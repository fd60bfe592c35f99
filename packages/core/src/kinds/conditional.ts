import type { ContainerKind } from "./kind.js";

/** The first case that holds. */
export const conditional: ContainerKind<"conditional"> = {
  enter: (step, expressions, scope) => {
    for (const { key, if: holds } of expressions.cases ?? []) {
      if (holds.evaluate(scope) === true) return { kind: "scope", key };
    }
    return { kind: "scope", key: step.else === undefined ? null : "else" };
  },
  judge: (_step, tally) => (tally.failed === 0 ? null : `${tally.failed} of ${tally.total} steps of the case failed`),
  countsTolerated: false,
};
