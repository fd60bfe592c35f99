import { listQueues, listWorkers } from "@batonrun/core/engine";
import type { ApiDependencies } from "../dependencies.js";
import { type Endpoint, endpoint, jsonSuccess, plain } from "../http/endpoint.js";
import { QueueList, WorkerList } from "../resources/cell.js";

const tag = "Cell";

/** Both lists are short, so they come whole. */
export function cellRoutes({ engine }: ApiDependencies): Endpoint[] {
  return [
    endpoint({
      ...plain,
      id: "listWorkers",
      method: "get",
      path: "/v1/workers",
      tag,
      summary: "Live workers and the actions they announced",
      successes: { 200: jsonSuccess("The workers", WorkerList) },
      async handle() {
        const items = await listWorkers(engine);
        return {
          status: 200,
          json: { items: items.map((each) => ({ ...each, startedAt: new Date(each.startedAt).toISOString() })) },
        };
      },
    }),
    endpoint({
      ...plain,
      id: "listQueues",
      method: "get",
      path: "/v1/queues",
      tag,
      summary: "Queues and what stands in them",
      successes: { 200: jsonSuccess("The queues", QueueList) },
      handle: async () => ({ status: 200, json: { items: await listQueues(engine) } }),
    }),
  ];
}
