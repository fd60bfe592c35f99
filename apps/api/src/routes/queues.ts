import { QueuePage } from "@batonrun/contract";
import { listQueues } from "@batonrun/core/engine";
import type { ApiDependencies } from "../dependencies.js";
import { type Endpoint, endpoint, jsonSuccess, plain } from "../http/endpoint.js";

/** Not paged: there is one queue per capability. */
export function queueRoutes({ engine }: ApiDependencies): Endpoint[] {
  return [
    endpoint({
      ...plain,
      id: "listQueues",
      method: "get",
      path: "/v1/queues",
      tag: "Queues",
      summary: "List queues with job counts",
      successes: { 200: jsonSuccess("The queues", QueuePage) },
      handle: async () => ({ status: 200, json: { items: await listQueues(engine) } }),
    }),
  ];
}
