import { type ContainerKind, judgeBySuccessRate } from "./kind.js";

/** Branches side by side; they may need one another. */
export const parallel: ContainerKind<"parallel"> = {
  enter: () => ({ kind: "scope", key: "" }),
  judge: (step, tally) => judgeBySuccessRate(step.minSuccess, tally),
  countsTolerated: true,
};
