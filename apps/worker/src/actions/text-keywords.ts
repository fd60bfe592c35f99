import { defineAction } from "@batonrun/core/actions";
import { z } from "zod";
import { rakeKeywords, recurring } from "./text/rake.js";

/** The key phrases of English text, by RAKE: see `rakeKeywords`. */
export const keywords = defineAction({
  name: "text.keywords",
  capability: "text",
  effects: "none",
  input: z.strictObject({ text: z.string(), limit: z.number().int().min(1).max(100).default(10) }),
  output: z.object({ keywords: z.array(z.object({ term: z.string(), score: z.number(), count: z.number() })) }),
  run: ({ input }) => ({ keywords: recurring(rakeKeywords(input.text), input.text).slice(0, input.limit) }),
});
