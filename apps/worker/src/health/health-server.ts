import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type ErrorCode, errorCatalog } from "@batonrun/core";
import type { Readiness } from "./readiness.js";

export interface HealthSources {
  readiness(): Promise<Readiness>;
  readonly metrics: { readonly contentType: string; scrape(): Promise<string> };
}

export interface HealthServer {
  /** Where it listens: the port is the real one also when 0 was asked for. */
  readonly url: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Serves `/healthz` (the process answers), `/readyz` (it takes steps) and `/metrics`. */
export async function startHealthServer(
  address: { readonly host: string; readonly port: number },
  sources: HealthSources,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    // Never rejects: `answer` turns what goes wrong into a 500.
    void answer(request, sources).then((given) => send(request, response, given));
  });
  server.listen(address.port, address.host);
  await once(server, "listening");
  return {
    url: urlOf(server, address.host),
    async close() {
      const closed = once(server, "close");
      server.close();
      // A scrape under way waits for Redis, and a stopping worker does not wait for it.
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, sources: HealthSources): Promise<Answer> {
  if (request.method !== "GET" && request.method !== "HEAD") return problem("method_not_allowed");
  try {
    switch (request.url?.split("?")[0]) {
      case "/healthz":
        return json(200, { status: "alive" });
      case "/readyz": {
        const readiness = await sources.readiness();
        return json(readiness.status === "ready" ? 200 : 503, readiness);
      }
      case "/metrics":
        return { status: 200, type: sources.metrics.contentType, body: await sources.metrics.scrape() };
      default:
        return problem("route_not_found");
    }
  } catch (error) {
    return problem("internal", error instanceof Error ? error.message : String(error));
  }
}

function json(status: number, body: unknown): Answer {
  return { status, type: "application/json; charset=utf-8", body: JSON.stringify(body) };
}

function problem(code: ErrorCode, detail?: string): Answer {
  const { status, title, retryable } = errorCatalog[code];
  const body = { type: "about:blank", status, title, code, retryable, ...(detail === undefined ? {} : { detail }) };
  return { status, type: "application/problem+json; charset=utf-8", body: JSON.stringify(body) };
}

function send(request: IncomingMessage, response: ServerResponse, given: Answer): void {
  response.writeHead(given.status, {
    "content-type": given.type,
    "content-length": Buffer.byteLength(given.body),
    "cache-control": "no-store",
    ...(given.status === errorCatalog.method_not_allowed.status ? { allow: "GET, HEAD" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : given.body);
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the health server listens on no port");
  const name = host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${address.port}`;
}
