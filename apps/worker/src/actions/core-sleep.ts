import { setTimeout as delay } from "node:timers/promises";
import { defineAction } from "@batonrun/core/actions";
import { z } from "zod";

const dayMs = 86_400_000;

/** Holds its worker's slot for `ms` and returns its `with`; ends at once when its signal does. */
export const sleep = defineAction({
  name: "core.sleep",
  capability: "core",
  effects: "none",
  input: z.looseObject({ ms: z.number().min(0).max(dayMs) }),
  output: z.unknown(),
  run: async ({ input, signal }) => {
    await delay(input.ms, undefined, { signal });
    return input;
  },
});
