import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it arrived. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  /** Writes the body itself, and ends or breaks it. */
  readonly stream?: (response: ServerResponse) => void;
}

/** What a route answers, and to which time of being asked (1 for the first). */
export type Script = (exchange: Exchange, time: number) => ScriptedAnswer;

/** A real HTTP server that answers by script: the network, faked behind its port. */
export interface ScriptedServer {
  readonly url: string;
  /** Every request so far. */
  readonly requests: readonly Exchange[];
  /** `on("GET /v1/runs", …)`; the last script given wins. */
  on(route: string, script: Script | ScriptedAnswer): void;
  close(): Promise<void>;
}

export async function startScriptedServer(): Promise<ScriptedServer> {
  const scripts = new Map<string, Script>();
  const times = new Map<string, number>();
  const requests: Exchange[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://scripted");
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const method = request.method ?? "";
    const exchange = { method, path: url.pathname, query: url.searchParams, headers: request.headers, body };
    requests.push(exchange);
    const route = `${method} ${url.pathname}`;
    const time = (times.get(route) ?? 0) + 1;
    times.set(route, time);
    answer(response, (scripts.get(route) ?? noSuchRoute)(exchange, time));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    on: (route, script) => scripts.set(route, typeof script === "function" ? script : () => script),
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(response: ServerResponse, given: ScriptedAnswer): void {
  response.writeHead(given.status ?? 200, { ...contentType(given), ...given.headers });
  if (given.stream !== undefined) {
    response.flushHeaders();
    given.stream(response);
    return;
  }
  response.end(given.json === undefined ? (given.text ?? "") : JSON.stringify(given.json));
}

function contentType(given: ScriptedAnswer): Readonly<Record<string, string>> {
  if (given.stream !== undefined) return { "content-type": "text/event-stream" };
  return { "content-type": given.json === undefined ? "text/plain" : "application/json" };
}

const noSuchRoute: Script = ({ method, path }) =>
  problem({ status: 404, code: "route_not_found", detail: `This script has no ${method} ${path}.` });

interface ScriptedProblem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly unknown[];
}

/** An error as RFC 9457 and Baton write it. */
export function problem({ status, code, detail, errors = [] }: ScriptedProblem): ScriptedAnswer {
  const headers = { "content-type": "application/problem+json" };
  const rest = { title: code, status, detail, code, errors, retryable: status === 503, traceId: "trace-1" };
  return { status, headers, json: { type: `urn:baton:problem:${code}`, ...rest } };
}
