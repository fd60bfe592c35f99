import { WorkerPage } from "@batonrun/contract";
import { listWorkers } from "@batonrun/core/engine";
import type { ApiDependencies } from "../dependencies.js";
import { type Endpoint, endpoint, jsonSuccess, plain } from "../http/endpoint.js";

/** Not paged: a deployment has few workers. */
export function workerRoutes({ engine }: ApiDependencies): Endpoint[] {
  return [
    endpoint({
      ...plain,
      id: "listWorkers",
      method: "get",
      path: "/v1/workers",
      tag: "Workers",
      summary: "List live workers and the actions they announced",
      successes: { 200: jsonSuccess("The workers", WorkerPage) },
      async handle() {
        const items = await listWorkers(engine);
        return {
          status: 200,
          json: { items: items.map((each) => ({ ...each, startedAt: new Date(each.startedAt).toISOString() })) },
        };
      },
    }),
  ];
}
