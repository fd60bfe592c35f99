import type { ErrorCode } from "@batonrun/contract";
import type { Request } from "express";
import { z } from "zod";
import { type BodyReader, noBody } from "./body.js";
import { negotiate } from "./negotiate.js";
import { parseHeaders, parseParams, parseQuery } from "./parse-request.js";
import type { Reply } from "./reply.js";

/** What a handler is handed: everything that it reads is parsed. */
export interface Call<Params, Query, Headers, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
  /** The media type that the client accepts, of those that the endpoint offers. */
  readonly mediaType: string;
  readonly requestId: string;
  /** Aborted when the client has gone or the server is closing. */
  readonly signal: AbortSignal;
}

/** One kind of success, as the OpenAPI document shows it. */
export interface Success {
  readonly description: string;
  /** Media type -> schema, and an example where one helps. */
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType; readonly example?: unknown }>>;
  readonly headers?: z.ZodObject;
}

export interface Declaration<Params extends z.ZodObject, Query extends z.ZodObject, Headers extends z.ZodObject, Body> {
  readonly id: string;
  readonly method: "get" | "post";
  /** With parameters in braces, as OpenAPI writes them. */
  readonly path: `/${string}`;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: BodyReader<Body>;
  /** Name -> media type that it can answer with, the default first. A query parameter `format` picks by the name. */
  readonly offers: Readonly<Record<string, string>>;
  readonly successes: Readonly<Record<number, Success>>;
  /** The codes of its own; those that every endpoint has are added. */
  readonly problems: readonly ErrorCode[];
  handle(call: Call<z.output<Params>, z.output<Query>, z.output<Headers>, Body>): Promise<Reply> | Reply;
}

/** An address of the API: what the router mounts and what the OpenAPI document says come from the same value. */
export interface Endpoint {
  readonly declaration: Omit<Declaration<z.ZodObject, z.ZodObject, z.ZodObject, unknown>, "handle">;
  answer(request: Request, signal: AbortSignal): Promise<Reply>;
}

const none = z.object({});

/** A success that is one JSON document. */
export function jsonSuccess(description: string, schema: z.ZodType): Success {
  return { description, content: { "application/json": { schema } } };
}

/** What most endpoints share: nothing but the path, JSON out. Spread it and name what differs. */
export const plain = {
  params: none,
  query: none,
  headers: none,
  body: noBody,
  offers: { json: "application/json" },
  problems: [],
} as const;

export function endpoint<Params extends z.ZodObject, Query extends z.ZodObject, Headers extends z.ZodObject, Body>(
  declaration: Declaration<Params, Query, Headers, Body>,
): Endpoint {
  return {
    declaration,
    async answer(request, signal) {
      const params = parseParams(declaration.params, request);
      const query = parseQuery(declaration.query, request);
      const mediaType = negotiate(request, declaration.offers);
      return declaration.handle({
        params,
        query,
        headers: parseHeaders(declaration.headers, request),
        body: declaration.body.read(request),
        mediaType,
        requestId: String(request.id),
        signal,
      });
    },
  };
}
