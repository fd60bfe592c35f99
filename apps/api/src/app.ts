import { BatonError } from "@batonrun/contract";
import express, { type Express } from "express";
import helmet from "helmet";
import { BOARD_PATH } from "./board/board.js";
import type { ApiDependencies } from "./dependencies.js";
import type { Endpoint } from "./http/endpoint.js";
import { openApiDocument } from "./http/openapi.js";
import { answerProblem } from "./http/problem.js";
import { logRequests } from "./http/request-log.js";
import { routerOf } from "./http/router.js";
import { isLoopback } from "./http/site/loopback.js";
import { dataPolicy } from "./http/site/page-policy.js";
import { requireSameSite } from "./http/site/same-site.js";
import { batchRoutes } from "./routes/batch.js";
import { healthRoutes } from "./routes/health.js";
import { queueRoutes } from "./routes/queues.js";
import { docsAssets, referenceRoutes } from "./routes/reference.js";
import { eventRoutes } from "./routes/run-events.js";
import { runGraphRoutes } from "./routes/run-graph.js";
import { stepRoutes } from "./routes/run-steps.js";
import { runRoutes } from "./routes/runs.js";
import { workerRoutes } from "./routes/workers.js";
import { workflowRoutes } from "./routes/workflows.js";

/** The Express application of the API, not listening yet. */
export function createApp(dependencies: ApiDependencies): Express {
  const app = express();
  app.disable("x-powered-by").disable("etag").set("query parser", "simple");
  app.use(logRequests(dependencies.log), securityHeaders(), noStore());
  app.use(requireSameSite(siteOf(dependencies)));
  app.use(BOARD_PATH, dependencies.board.router);
  app.use("/docs/assets", docsAssets());
  app.use(routerOf(endpointsOf(dependencies), dependencies.closing));
  app.use((request) => {
    throw new BatonError(
      "route_not_found",
      `No route matches ${request.path.slice(0, 200)}. See /docs for all routes.`,
    );
  });
  app.use(answerProblem);
  return app;
}

/** All endpoints of the API. The OpenAPI document is generated from the same list. */
export function endpointsOf(dependencies: ApiDependencies): readonly Endpoint[] {
  const endpoints: readonly Endpoint[] = [
    ...workflowRoutes(dependencies),
    ...runRoutes(dependencies),
    ...batchRoutes(dependencies),
    ...stepRoutes(dependencies),
    ...eventRoutes(dependencies),
    ...runGraphRoutes(dependencies),
    ...workerRoutes(dependencies),
    ...queueRoutes(dependencies),
    ...healthRoutes(dependencies),
    ...referenceRoutes(() => openApiDocument(endpoints, dependencies.version)),
  ];
  return endpoints;
}

function siteOf({ config }: ApiDependencies) {
  return { isLoopback: isLoopback(config.host), allowedHosts: config.allowedHosts };
}

function securityHeaders() {
  return helmet({ contentSecurityPolicy: false, strictTransportSecurity: false });
}

/** Default headers; a route can override them. */
function noStore(): express.RequestHandler {
  return (_request, response, next) => {
    response.set({ ...dataPolicy, "Cache-Control": "no-store" });
    next();
  };
}
