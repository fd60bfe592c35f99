import * as z from "zod";
import { InstanceCounts, StepStatus } from "./run/step.js";

/** A declared step as a graph shows it: instances of a map are folded into their template (`chunks.*.extract`). */
export const DrawnStep = z.object({
  id: z.string(),
  /** The step's `name`, or the last part of its id. */
  label: z.string(),
  type: z.string(),
  action: z.string().optional(),
  /** The container step that it is in, or null at the top. */
  parent: z.string().nullable(),
  /** Inside a conditional: the case's key ("0", "1", …, "else"). */
  case: z.string().optional(),
  /** When a run was drawn. */
  status: StepStatus.optional(),
  counts: InstanceCounts.optional(),
});
export type DrawnStep = Readonly<z.infer<typeof DrawnStep>>;

/** `to` waits for `from`; both are in the same scope. */
export const DrawnEdge = z.object({ from: z.string(), to: z.string() });
export type DrawnEdge = Readonly<z.infer<typeof DrawnEdge>>;

/** A graph as data: what REST gives as JSON, and what the pictures are made of. Containers come before what they hold. */
export const GraphDrawing = z
  .object({
    workflow: z.string(),
    version: z.string(),
    nodes: z.array(DrawnStep).readonly(),
    edges: z.array(DrawnEdge).readonly(),
  })
  .meta({
    id: "Graph",
    description: "Declared steps and their dependencies; the instances of a map are folded into its template",
    example: {
      workflow: "document-analysis",
      version: "1.0.0",
      nodes: [
        { id: "extract", label: "extract", type: "action", action: "text.extract", parent: null },
        { id: "summarize", label: "summarize", type: "action", action: "text.summarize", parent: null },
      ],
      edges: [{ from: "extract", to: "summarize" }],
    },
  });
export type GraphDrawing = Readonly<z.infer<typeof GraphDrawing>>;
