import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ProcessLog } from "@batonrun/node/log";
import type { RequestHandler } from "express";
import { pinoHttp } from "pino-http";

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
const UNLOGGED: ReadonlySet<string> = new Set(["/metrics", "/healthz", "/readyz"]);

/** Logs one line per request, with its id. Clients see the id as X-Request-Id and as `traceId` of a problem. */
export function logRequests(log: ProcessLog): RequestHandler {
  return pinoHttp({
    logger: log.pino,
    customAttributeKeys: { err: "error" },
    genReqId,
    autoLogging: { ignore: (request) => UNLOGGED.has(pathOf(request)) },
    customLogLevel: levelOf,
    customProps: runOf,
    customErrorMessage: (request, response) => sentence(request, response),
    customSuccessMessage: (request, response) => sentence(request, response),
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({ id, method, url }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
  });
}

function genReqId(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers["x-request-id"];
  const id = typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
  response.setHeader("X-Request-Id", id);
  return id;
}

/** A stream that the client closes ends as "aborted"; this is normal, so it is not a warning. */
function levelOf(_request: IncomingMessage, response: ServerResponse): "info" | "warn" | "error" {
  if (response.statusCode >= 500) return "error";
  return response.statusCode >= 400 ? "warn" : "info";
}

/** The run in the request's path, or the run that it started. */
function runOf(request: IncomingMessage, response: ServerResponse): { readonly run?: string } {
  const run = [originalUrl(request), String(response.getHeader("Location") ?? "")]
    .map((address) => /^\/v1\/runs\/([0-7][0-9A-HJKMNP-TV-Z]{25})(?=[/?]|$)/.exec(address)?.[1])
    .find((id) => id !== undefined);
  return run === undefined ? {} : { run };
}

function sentence(request: IncomingMessage, response: ServerResponse): string {
  return `${request.method} ${pathOf(request)} ${response.statusCode}`;
}

function pathOf(request: IncomingMessage): string {
  return originalUrl(request).split("?")[0] ?? "";
}

/** Express shortens `url` inside a mounted router. */
function originalUrl(request: IncomingMessage): string {
  return "originalUrl" in request && typeof request.originalUrl === "string"
    ? request.originalUrl
    : (request.url ?? "");
}
