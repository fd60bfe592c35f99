import { z } from "zod";
import type { ApiDependencies } from "../dependencies.js";
import { type Endpoint, endpoint, jsonSuccess, plain } from "../http/endpoint.js";
import { RETRY_AFTER_S } from "../http/problem.js";
import { readReadiness } from "../readiness.js";
import { Readiness } from "../resources/readiness.js";

const tag = "Operations";

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
    summary: "Liveness: is the process serving requests?",
    description: "Does not check Redis, because a Redis outage is no reason to restart the process.",
    successes: { 200: jsonSuccess("The process is serving requests", z.object({ status: z.literal("ok") })) },
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
    summary: "Readiness: can this process accept runs, and how durable is a 2xx?",
    successes: {
      200: jsonSuccess("Ready", Readiness),
      503: jsonSuccess(
        "Not ready: Redis is unavailable, evicts keys, or is loading, or the process is shutting down",
        Readiness,
      ),
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
    summary: "Prometheus metrics",
    offers: { text: "text/plain" },
    successes: {
      200: {
        description: "Prometheus text format",
        content: { "text/plain": { schema: z.string(), example: 'baton_workers 2\nbaton_info{process="api"} 1\n' } },
      },
    },
    handle: async () => ({ status: 200, text: await source.scrape(), mediaType: source.contentType }),
  });
}
