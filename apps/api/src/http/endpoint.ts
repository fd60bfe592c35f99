import type { ErrorCode } from "@batonrun/contract";
import type { Request } from "express";
import { z } from "zod";
import { type BodyReader, noBody } from "./body.js";
import { negotiate } from "./negotiate.js";
import { parseHeaders, parseParams, parseQuery } from "./parse-request.js";
import type { Reply } from "./reply.js";

/** Input of a handler; everything in it is parsed. */
export interface Call<Params, Query, Headers, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
  /** The negotiated media type, one of those the endpoint offers. */
  readonly mediaType: string;
  readonly requestId: string;
  /** Aborted when the client disconnects or the server is closing. */
  readonly signal: AbortSignal;
}

/** A success response in the OpenAPI document. */
export interface Success {
  readonly description: string;
  /** Media type -> schema and optional example. */
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType; readonly example?: unknown }>>;
  readonly headers?: z.ZodObject;
}

export interface Declaration<Params extends z.ZodObject, Query extends z.ZodObject, Headers extends z.ZodObject, Body> {
  readonly id: string;
  readonly method: "get" | "post";
  /** Parameters in braces, as in OpenAPI: `/v1/runs/{id}`. */
  readonly path: `/${string}`;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: BodyReader<Body>;
  /** Name -> media type of a response, default first. The query parameter `format` selects by name. */
  readonly offers: Readonly<Record<string, string>>;
  readonly successes: Readonly<Record<number, Success>>;
  /** The endpoint's own error codes; the ones that all endpoints share are added. */
  readonly problems: readonly ErrorCode[];
  handle(call: Call<z.output<Params>, z.output<Query>, z.output<Headers>, Body>): Promise<Reply> | Reply;
}

/** An endpoint of the API. The router mounts it and the OpenAPI document describes it from the same value. */
export interface Endpoint {
  readonly declaration: Omit<Declaration<z.ZodObject, z.ZodObject, z.ZodObject, unknown>, "handle">;
  answer(request: Request, signal: AbortSignal): Promise<Reply>;
}

const none = z.object({});

/** A success response with a JSON body. */
export function jsonSuccess(description: string, schema: z.ZodType): Success {
  return { description, content: { "application/json": { schema } } };
}

/** Defaults of an endpoint: no parameters, no body, a JSON response. Spread it and override what differs. */
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
