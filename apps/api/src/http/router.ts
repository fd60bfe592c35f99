import { BatonError } from "@batonrun/contract";
import express, { type NextFunction, type Request, type RequestHandler, type Response, type Router } from "express";
import type { BodyReader } from "./body.js";
import type { Endpoint } from "./endpoint.js";
import { send } from "./reply.js";

/** Mounts the endpoints. A known path returns 405 with `Allow` for methods that it does not support. */
export function routerOf(endpoints: readonly Endpoint[], closing: AbortSignal): Router {
  const router = express.Router({ caseSensitive: true });
  // "{" sorts behind every letter, so that /runs/batch is tried before /runs/{id}.
  for (const [path, found] of [...groupByPath(endpoints)].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const route = router.route(expressPath(path));
    for (const each of found) {
      const { method, body } = each.declaration;
      route[method](...bodySteps(body), async (request, response) => {
        const reply = await each.answer(request, endOf(response, closing));
        if (!response.destroyed) await send(reply, request, response);
      });
    }
    route.all(refuseMethod(found.map((each) => each.declaration.method.toUpperCase())));
  }
  return router;
}

/** Aborted when the client disconnects or the server is closing. */
function endOf(response: Response, closing: AbortSignal): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return AbortSignal.any([gone.signal, closing]);
}

/** Checks the media type before it reads the body. */
function bodySteps(body: BodyReader<unknown>): RequestHandler[] {
  if (body.mediaTypes.length === 0) return [];
  return [requireMediaType(body), express.raw({ type: () => true, limit: body.maxBytes })];
}

function requireMediaType(body: BodyReader<unknown>): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction) => {
    const isAbsent = hasNoBody(request);
    if (isAbsent && !body.isRequired) return next();
    if (isAbsent)
      throw new BatonError("request_invalid", `A request body is required: ${body.mediaTypes.join(" or ")}.`);
    if (request.is([...body.mediaTypes]) === false || !isUtf8(request)) {
      throw new BatonError("unsupported_media_type", `The body must be ${body.mediaTypes.join(" or ")}, in UTF-8.`, {
        details: { accepted: body.mediaTypes },
      });
    }
    return next();
  };
}

/** `fetch` sends `Content-Length: 0` with a POST that has no body. */
function hasNoBody(request: Request): boolean {
  if (request.headers["transfer-encoding"] !== undefined) return false;
  return (request.headers["content-length"] ?? "0") === "0";
}

function isUtf8(request: Request): boolean {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(request.get("content-type") ?? "")?.[1];
  return charset === undefined || charset.toLowerCase() === "utf-8";
}

function refuseMethod(methods: readonly string[]): RequestHandler {
  const allowed = [...methods.toSorted(), ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  return (request, response) => {
    response.set("Allow", allowed);
    if (request.method !== "OPTIONS") {
      throw new BatonError("method_not_allowed", `This route allows ${allowed}, not ${request.method}.`);
    }
    response.status(204).end();
  };
}

function groupByPath(endpoints: readonly Endpoint[]): Map<string, Endpoint[]> {
  const groups = new Map<string, Endpoint[]>();
  for (const each of endpoints) {
    groups.set(each.declaration.path, [...(groups.get(each.declaration.path) ?? []), each]);
  }
  return groups;
}

/** `/v1/runs/{id}` is `/v1/runs/:id`. */
function expressPath(path: string): string {
  return path.replaceAll(/\{([a-z]+)\}/g, ":$1");
}
