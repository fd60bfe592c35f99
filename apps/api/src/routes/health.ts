import { z } from "zod";
import type { ApiDependencies } from "../dependencies.js";
import { type Endpoint, endpoint, jsonSuccess, plain } from "../http/endpoint.js";
import { RETRY_AFTER_S } from "../http/problem.js";
import { readReadiness } from "../readiness.js";
import { Readiness } from "../resources/cell.js";

const tag = "Operation";

export function healthRoutes(dependencies: ApiDependencies): Endpoint[] {
  return [healthz(), readyz(dependencies), metrics(dependencies)];
}

function healthz(): Endpoint {
  return endpoint({
    ...plain,
    id: "healthz",
    method: "get",
    path: "/healthz",
    tag,
    summary: "Whether the process serves requests",
    description: "It does not ask Redis: a process is not to be restarted because Redis is away.",
    successes: { 200: jsonSuccess("It does", z.object({ status: z.literal("ok") })) },
    handle: () => ({ status: 200, json: { status: "ok" } }),
  });
}

function readyz({ checkRedis, closing }: ApiDependencies): Endpoint {
  return endpoint({
    ...plain,
    id: "readyz",
    method: "get",
    path: "/readyz",
    tag,
    summary: "Whether runs may be sent here, and how durable a 2xx is",
    successes: {
      200: jsonSuccess("Ready", Readiness),
      503: jsonSuccess("Not ready: Redis is away, evicts or is loading, or the process is stopping", Readiness),
    },
    async handle() {
      const found = await readReadiness(checkRedis, closing);
      if (found.status === "ready") return { status: 200, json: found };
      return { status: 503, headers: { "Retry-After": RETRY_AFTER_S }, json: found };
    },
  });
}

function metrics({ metrics: source }: ApiDependencies): Endpoint {
  return endpoint({
    ...plain,
    id: "metrics",
    method: "get",
    path: "/metrics",
    tag,
    summary: "Metrics for Prometheus",
    offers: { text: "text/plain" },
    successes: {
      200: {
        description: "The text format of Prometheus",
        content: { "text/plain": { schema: z.string(), example: 'baton_workers 2\nbaton_info{process="api"} 1\n' } },
      },
    },
    handle: async () => ({ status: 200, text: await source.scrape(), mediaType: source.contentType }),
  });
}
