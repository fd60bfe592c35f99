import { ActionError, defineAction } from "@batonrun/core/actions";
import { z } from "zod";

const FailInput = z.looseObject({
  message: z.string().optional(),
  type: z.string().min(1).optional(),
  retryable: z.boolean().optional(),
  times: z.number().int().min(0).optional(),
});

/** Fails as asked: the first `times` attempts of the step, every one when `times` is absent. */
export const fail = defineAction({
  name: "core.fail",
  capability: "core",
  effects: "none",
  input: FailInput,
  output: z.unknown(),
  run: ({ input, attempt }) => {
    if (input.times !== undefined && attempt > input.times) return input;
    throw new ActionError(input.message ?? "core.fail failed as requested", {
      type: input.type ?? "action",
      retryable: input.retryable ?? true,
    });
  },
});
