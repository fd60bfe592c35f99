import { defineAction } from "@batonrun/core/actions";
import { z } from "zod";

/** Returns its `with`: a join, a constant, or a place to shape data with `output`. */
export const noop = defineAction({
  name: "core.noop",
  capability: "core",
  effects: "none",
  input: z.unknown(),
  output: z.unknown(),
  run: ({ input }) => input,
});
