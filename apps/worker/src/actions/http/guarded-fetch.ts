import { ActionError } from "@batonrun/core/actions";
import { fetch, type Response } from "undici";
import { createGuardedAgent, type GuardOptions } from "./guarded-agent.js";

export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
  readonly followRedirects: boolean;
  readonly maxBytes: number;
}

export interface IncomingResponse {
  readonly status: number;
  /** The address that answered, after redirects. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

export type GuardedFetch = (request: OutgoingRequest) => Promise<IncomingResponse>;

const maxRedirects = 3;

/** A fetch that reaches public addresses only, follows at most three redirects and reads at most `maxBytes`. */
export function createGuardedFetch(options: GuardOptions): GuardedFetch {
  const dispatcher = createGuardedAgent(options);
  const send = (hop: Hop, request: OutgoingRequest): Promise<Response> =>
    fetch(hop.url, {
      method: hop.method,
      headers: { ...hop.headers },
      body: hop.body ?? null,
      signal: request.signal,
      redirect: "manual",
      dispatcher,
    });
  return async (request) => {
    let hop: Hop = { ...request, url: webUrl(request.url) };
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      const { url } = hop;
      const response = await namingErrors(() => send(hop, request), url, request.signal);
      const location = request.followRedirects ? redirectTarget(response) : undefined;
      if (location === undefined) return await namingErrors(() => receive(response, url, request), url, request.signal);
      await response.body?.cancel();
      hop = nextHop(hop, response.status, webUrl(location, url));
    }
    throw new ActionError(`${request.url} redirected more than ${maxRedirects} times`, {
      type: "too_many_redirects",
      retryable: false,
    });
  };
}

interface Hop {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

function webUrl(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw invalidUrl(`"${text}" is not a URL`);
  const url = new URL(text, base);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw invalidUrl(`${text} is not an http or https URL`);
  if (url.username !== "" || url.password !== "") {
    throw invalidUrl(`the URL of ${url.host} holds credentials; send them in a header`);
  }
  return url;
}

function invalidUrl(message: string): ActionError {
  return new ActionError(message, { type: "validation", retryable: false });
}

function redirectTarget(response: Response): string | undefined {
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const location = response.headers.get("location");
  // Headers arrive as bytes, one a character; servers write addresses in UTF-8.
  return location === null ? undefined : Buffer.from(location, "latin1").toString("utf8");
}

/** Whatever else was sent may be a credential under any name, so another origin sees none of it. */
const headersForStrangers: ReadonlySet<string> = new Set([
  "accept",
  "accept-language",
  "content-type",
  "idempotency-key",
  "user-agent",
]);

function nextHop(hop: Hop, status: number, url: URL): Hop {
  const sameOrigin = url.origin === hop.url.origin;
  const kept = Object.entries(hop.headers).filter(
    ([name]) => sameOrigin || headersForStrangers.has(name.toLowerCase()),
  );
  const becomesGet = status === 303 ? hop.method !== "HEAD" : status < 303 && hop.method === "POST";
  if (!becomesGet) return { ...hop, url, headers: Object.fromEntries(kept) };
  const bodiless = kept.filter(([name]) => !/^(content-type|idempotency-key)$/i.test(name));
  return { method: "GET", url, headers: Object.fromEntries(bodiless) };
}

async function receive(response: Response, url: URL, request: OutgoingRequest): Promise<IncomingResponse> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > request.maxBytes) {
      throw new ActionError(`the response of ${url.origin} is larger than ${request.maxBytes} bytes`, {
        type: "limit",
        retryable: false,
      });
    }
    chunks.push(chunk);
  }
  return {
    status: response.status,
    url: url.href,
    headers: Object.fromEntries(response.headers),
    bytes: Buffer.concat(chunks),
  };
}

async function namingErrors<Result>(attempt: () => Promise<Result>, url: URL, signal: AbortSignal): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    // The caller knows why it aborted; a name given here would hide that.
    if (signal.aborted) throw error;
    throw namedError(error, url);
  }
}

function namedError(error: unknown, url: URL): ActionError {
  const root = rootCause(error);
  if (root instanceof ActionError) return root;
  if (root.message === "bad port") {
    const message = `port ${url.port} is blocked for web clients`;
    return new ActionError(message, { type: "blocked_address", retryable: false });
  }
  return new ActionError(`no response from ${url.origin}: ${root.message}`, { type: "connection", cause: error });
}

function rootCause(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error instanceof ActionError || error.cause === undefined) return error;
  return rootCause(error.cause);
}
