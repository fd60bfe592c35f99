import { type Action, defineAction } from "@batonrun/core/actions";
import { tryParseJson } from "@batonrun/node/json";
import { z } from "zod";
import type { GuardOptions } from "./http/guarded-agent.js";
import { createGuardedFetch, type IncomingResponse } from "./http/guarded-fetch.js";
import { statusError } from "./http/status-error.js";

const maxBodyBytes = 1_000_000;
const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

const Scalar = z.union([z.string(), z.number(), z.boolean()]);

const RequestInput = z
  .strictObject({
    url: z.string().min(1),
    method: z.enum(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]).default("GET"),
    headers: z.record(z.string(), z.string()).default({}),
    query: z.record(z.string(), z.union([Scalar, z.array(Scalar)])).default({}),
    body: z.string().optional(),
    json: z.unknown().optional(),
    followRedirects: z.boolean().default(true),
    anyStatus: z.boolean().default(false),
  })
  .refine((input) => input.body === undefined || input.json === undefined, "set either `body` or `json`, not both")
  .refine(
    (input) => !/^(GET|HEAD)$/.test(input.method) || payloadOf(input) === undefined,
    "GET and HEAD requests cannot have a body",
  )
  .refine((input) => Object.keys(input.headers).every((name) => !connectionHeaders.has(name.toLowerCase())), {
    path: ["headers"],
    message: "host, content-length, and connection headers are set by the client",
  });
type RequestInput = z.output<typeof RequestInput>;

/** A `host` of the author's choice would reach another site behind the same address. */
const connectionHeaders: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "host",
  "keep-alive",
  "proxy-authorization",
  "transfer-encoding",
  "upgrade",
]);

const RequestOutput = z.object({
  status: z.number(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown(),
  bodyEncoding: z.enum(["none", "json", "text", "base64"]),
});
type RequestOutput = z.output<typeof RequestOutput>;

/** Calls an HTTP API on a public address; private ones only where the worker's operator allows them. */
export function httpRequest(options: GuardOptions): Action {
  const send = createGuardedFetch(options);
  return defineAction({
    name: "http.request",
    capability: "http",
    effects: "external",
    input: RequestInput,
    output: RequestOutput,
    run: async ({ input, signal, idempotencyKey }) => {
      const response = await send({
        method: input.method,
        url: withQuery(input),
        headers: headersOf(input, idempotencyKey),
        body: payloadOf(input),
        signal,
        followRedirects: input.followRedirects,
        maxBytes: maxBodyBytes,
      });
      const error = input.anyStatus || isRedirectAskedFor(input, response) ? undefined : statusError(response);
      if (error !== undefined) throw error;
      return { status: response.status, url: response.url, headers: response.headers, ...decodeBody(response) };
    },
  });
}

function isRedirectAskedFor(input: RequestInput, response: IncomingResponse): boolean {
  return !input.followRedirects && response.status >= 300 && response.status < 400;
}

function withQuery(input: RequestInput): string {
  // What is no URL is refused, with its reason, where it is sent.
  if (!URL.canParse(input.url)) return input.url;
  const url = new URL(input.url);
  for (const [name, value] of Object.entries(input.query)) {
    for (const item of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(item));
  }
  return url.href;
}

function payloadOf(input: { readonly body?: string | undefined; readonly json?: unknown }): string | undefined {
  return input.json === undefined ? input.body : JSON.stringify(input.json);
}

function headersOf(input: RequestInput, idempotencyKey: string): Record<string, string> {
  const defaults: Record<string, string> = { "user-agent": "baton" };
  if (input.json !== undefined) defaults["content-type"] = "application/json";
  if (!safeMethods.has(input.method)) defaults["idempotency-key"] = idempotencyKey;
  const own = Object.entries(input.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { ...defaults, ...Object.fromEntries(own) };
}

function decodeBody(response: IncomingResponse): Pick<RequestOutput, "body" | "bodyEncoding"> {
  if (response.bytes.byteLength === 0) return { body: null, bodyEncoding: "none" };
  const type = response.headers["content-type"] ?? "";
  if (!isTextual(type)) return { body: Buffer.from(response.bytes).toString("base64"), bodyEncoding: "base64" };
  const text = decoderFor(type).decode(response.bytes);
  const json = /[/+]json\b/i.test(type) ? tryParseJson(text) : undefined;
  // Announced as JSON and is not: the text is of more use than an error.
  return json === undefined ? { body: text, bodyEncoding: "text" } : { body: json, bodyEncoding: "json" };
}

function isTextual(type: string): boolean {
  return type === "" || /^text\/|[/+](json|xml|yaml|javascript|x-www-form-urlencoded|x-ndjson|graphql)\b/i.test(type);
}

function decoderFor(type: string): InstanceType<typeof TextDecoder> {
  const charset = /charset="?([^";\s]+)/i.exec(type)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset);
  } catch {
    // An unknown charset is the server's mistake; most of such text is UTF-8 all the same.
    return new TextDecoder();
  }
}
