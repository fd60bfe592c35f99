import { z } from "zod";
import { defaults } from "../definition/defaults.js";
import { BaseStep, type DeepReadonly, type NestedSchemas, Parallelism, SuccessRate } from "../definition/step.js";
import { branchesResult } from "./instance-result.js";
import type { ContainerKind } from "./kind.js";
import { judgeBySuccessRate } from "./success-rate.js";

const schema = (nested: NestedSchemas) =>
  BaseStep.extend({
    type: z.literal("parallel"),
    maxParallel: Parallelism.exactOptional(),
    minSuccess: SuccessRate.default(defaults.minSuccess),
    get steps() {
      return nested.steps;
    },
  });

export type ParallelStep = DeepReadonly<z.output<ReturnType<typeof schema>>>;
export type ParallelSource = DeepReadonly<z.input<ReturnType<typeof schema>>>;

/** Runs branches concurrently. They can depend on each other. */
export const parallel: ContainerKind<ParallelStep> = {
  shape: "container",
  schema,
  nested: [{ path: ["steps"], holds: "steps" }],
  notYet: ["timeout", "retry", "queue", "sla", "with", "effects"],
  expressions: () => [],
  notes: () => ({}),
  scopes: ({ steps }) => [{ key: "", steps, pointer: "/steps" }],
  entersAll: true,
  maxParallel: ({ maxParallel }) => maxParallel ?? null,
  enter: ({ steps }) => ({ kind: "scope", key: "", note: { total: Object.keys(steps).length } }),
  judge: ({ minSuccess }, tally) => judgeBySuccessRate(minSuccess, tally),
  countsTolerated: true,
  result: async (instances) => branchesResult(await instances.ofScope("")),
};
