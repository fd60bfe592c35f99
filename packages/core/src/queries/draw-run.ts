import { BatonError, type RunId } from "@batonrun/contract";
import { dotOf } from "../drawing/dot.js";
import { type GraphDrawing, graphDrawing } from "../drawing/graph-drawing.js";
import { mermaidOf } from "../drawing/mermaid.js";
import { svgOf } from "../drawing/svg.js";
import { GRAPH_FORMAT } from "../graph/graph.js";
import type { GraphCache } from "../plan/graph-cache.js";
import type { DefinitionStore } from "../ports/directory.js";
import type { RunReader } from "../ports/run-reader.js";
import { readStepStates } from "./read-run.js";
import { missingVersion, readWorkflow } from "./read-workflow.js";

export const pictureForms = ["mermaid", "dot", "svg"] as const;
export type PictureForm = (typeof pictureForms)[number];

/** Larger drawings take seconds to render in a browser and are unreadable. */
const MAX_PICTURED_NODES = 500;

/** The graph of a run with the status of every step. Throws `run_not_found`. */
export async function drawRun(
  dependencies: { readonly reader: RunReader; readonly graphs: GraphCache },
  runId: RunId,
): Promise<GraphDrawing> {
  const { graph, steps } = await readStepStates(dependencies, runId);
  return graphDrawing(graph, steps);
}

/** The graph of a registered version (default: the newest). Throws `workflow_not_found`, `version_not_found`. */
export async function drawWorkflow(
  {
    definitions,
    graphs,
  }: { readonly definitions: Pick<DefinitionStore, "version" | "versions">; readonly graphs: GraphCache },
  query: { readonly name: string; readonly version?: string },
): Promise<GraphDrawing> {
  const { name } = query;
  const version = query.version ?? (await readWorkflow({ definitions }, name)).latest;
  const stored = await definitions.version(name, version);
  if (stored === null) throw await missingVersion(definitions, { name, version });
  const graph = await graphs.find(stored.hash, GRAPH_FORMAT);
  if (graph !== null) return graphDrawing(graph);
  throw new BatonError("internal", `The definition of ${name}@${version} is not stored.`, { details: { ...stored } });
}

/** Renders a drawing as text. Throws `graph_too_large` above 500 nodes for Mermaid and SVG. */
export function renderDrawing(drawing: GraphDrawing, form: PictureForm): string {
  switch (form) {
    case "dot":
      return dotOf(drawing);
    case "mermaid":
      return mermaidOf(pictured(drawing));
    case "svg":
      return svgOf(pictured(drawing));
  }
}

function pictured(drawing: GraphDrawing): GraphDrawing {
  const { length } = drawing.nodes;
  if (length <= MAX_PICTURED_NODES) return drawing;
  throw new BatonError(
    "graph_too_large",
    `The graph has ${length} nodes; Mermaid and SVG show at most ${MAX_PICTURED_NODES}. Ask for JSON or DOT.`,
    { details: { nodes: length } },
  );
}
