import { GraphDrawing } from "@batonrun/contract";
import { type PictureForm, renderDrawing } from "@batonrun/core/engine";
import { z } from "zod";
import type { Success } from "../http/endpoint.js";
import type { Reply } from "../http/reply.js";

/** Media types of a graph by the value of `?format=`. */
export const graphOffers = {
  json: "application/json",
  mermaid: "text/vnd.mermaid",
  dot: "text/vnd.graphviz",
  svg: "image/svg+xml",
} as const satisfies Record<PictureForm | "json", string>;

const Format = z.enum(["json", "mermaid", "dot", "svg"]);

export const GraphQuery = z.object({
  format: Format.optional().meta({ description: "Overrides the Accept header", example: "svg" }),
});

export const graphSuccess: Success = {
  description: "The graph. Mermaid and SVG are limited to 500 nodes.",
  content: {
    [graphOffers.json]: { schema: GraphDrawing },
    [graphOffers.mermaid]: { schema: z.string(), example: "flowchart LR\n  extract --> summarize" },
    [graphOffers.dot]: { schema: z.string(), example: "digraph { extract -> summarize }" },
    [graphOffers.svg]: { schema: z.string() },
  },
};

/** Renders the drawing in the negotiated format. The policy keeps an SVG from loading or running anything. */
export function drawingReply(drawing: GraphDrawing, mediaType: string): Reply {
  const form = pictureForm(mediaType);
  if (form === null) return { status: 200, json: drawing };
  return {
    status: 200,
    headers: { "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox" },
    text: renderDrawing(drawing, form),
    mediaType,
  };
}

function pictureForm(mediaType: string): PictureForm | null {
  switch (mediaType) {
    case graphOffers.mermaid:
      return "mermaid";
    case graphOffers.dot:
      return "dot";
    case graphOffers.svg:
      return "svg";
    default:
      return null;
  }
}
