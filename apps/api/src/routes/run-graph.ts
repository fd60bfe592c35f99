import { drawRun } from "@batonrun/core/engine";
import type { ApiDependencies } from "../dependencies.js";
import { type Endpoint, endpoint, plain } from "../http/endpoint.js";
import { RunParams } from "../resources/run.js";
import { drawingReply, GraphQuery, graphOffers, graphSuccess } from "./graph-reply.js";

export function runGraphRoutes({ engine }: ApiDependencies): Endpoint[] {
  return [
    endpoint({
      ...plain,
      id: "drawRun",
      method: "get",
      path: "/v1/runs/{id}/graph",
      tag: "Runs",
      summary: "Draw a run's graph with the status of every step",
      params: RunParams,
      query: GraphQuery,
      offers: graphOffers,
      successes: { 200: graphSuccess },
      problems: ["run_not_found", "graph_too_large"],
      handle: async ({ params, mediaType }) => drawingReply(await drawRun(engine, params.id), mediaType),
    }),
  ];
}
