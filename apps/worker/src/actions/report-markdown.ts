import { defineAction } from "@batonrun/core/actions";
import { z } from "zod";
import { heading, renderSections } from "./report/render-value.js";

/**
 * Writes a report: each key of its `with` becomes a section under a heading made of the key, in the order given.
 * Results of the text actions are recognized by their shape; other values become paragraphs, lists and tables.
 */
export const reportMarkdown = defineAction({
  name: "report.markdown",
  capability: "text",
  effects: "none",
  input: z.looseObject({ title: z.string().optional() }),
  output: z.object({ markdown: z.string() }),
  run: ({ input }) => {
    const { title, ...sections } = input;
    return { markdown: `${heading(title ?? "Report", 1)}\n\n${renderSections(sections, 2)}\n` };
  },
});
