import { GraphDrawing, type Received } from "@batonrun/contract";
import type { Transport } from "./transport.js";

const mediaTypes = {
  mermaid: "text/vnd.mermaid",
  dot: "text/vnd.graphviz",
  svg: "image/svg+xml",
} as const;

/** The forms of a graph that are text. */
export type GraphPicture = keyof typeof mediaTypes;

export interface GraphRequest {
  readonly path: string;
  readonly version?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function readGraph(
  transport: Transport,
  { path, version, signal }: GraphRequest,
): Promise<Received<GraphDrawing>> {
  const headers = { accept: "application/json" };
  return transport.json({ method: "GET", path, query: { version }, headers, signal }, GraphDrawing);
}

export async function drawGraphText(transport: Transport, request: GraphRequest, form: GraphPicture): Promise<string> {
  const { path, version, signal } = request;
  const headers = { accept: mediaTypes[form] };
  return (await transport.text({ method: "GET", path, query: { version }, headers, signal })).body;
}
