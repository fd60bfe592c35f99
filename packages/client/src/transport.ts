import { type Received, received } from "@batonrun/contract";
import type { z } from "zod";
import { BatonApiError, isRetryable } from "./api-error.js";
import { type Backoff, pause } from "./backoff.js";
import { problemError, ReceivedProblem } from "./problem-document.js";
import { tryParseJson } from "./try-parse-json.js";

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface ApiRequest {
  readonly method: "GET" | "POST";
  /** Below the server's address, without a leading slash: `v1/runs`. */
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly text: string; readonly mediaType: string };
  /** The same request twice does no harm: it is sent again when no answer came. GET always may. */
  readonly isRepeatable?: boolean;
  /** Beyond the client's own time limit, because the server was asked to wait. */
  readonly extraMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface TransportOptions {
  readonly server: URL;
  readonly fetch: typeof fetch;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** How often a request that may be repeated is sent again. */
  readonly retries: number;
  readonly backoff: Backoff;
}

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** Sends requests and turns every failure into a `BatonApiError`. */
export interface Transport {
  readonly options: TransportOptions;
  json<Schema extends z.ZodType>(request: ApiRequest, schema: Schema): Promise<Received<z.output<Schema>>>;
  /** As `json`, for those who look at the status too. */
  answer<Schema extends z.ZodType>(request: ApiRequest, schema: Schema): Promise<Answer<Received<z.output<Schema>>>>;
  text(request: ApiRequest): Promise<Answer<string>>;
  /** A successful response whose body is still to be read; no time limit, no repetition. */
  open(request: ApiRequest): Promise<Response>;
}

export function createTransport(options: TransportOptions): Transport {
  const text: Transport["text"] = (request) => repeat(options, request, () => readText(options, request));
  const answer: Transport["answer"] = async (request, schema) => {
    const given = await text(request);
    return { ...given, body: parseAnswer(schema, given.body, request) };
  };
  return {
    options,
    text,
    answer,
    json: async (request, schema) => (await answer(request, schema)).body,
    open: (request) => send(options, request, request.signal),
  };
}

async function repeat<Value>(
  options: TransportOptions,
  request: ApiRequest,
  ask: () => Promise<Value>,
): Promise<Value> {
  const mayRepeat = request.method === "GET" || request.isRepeatable === true;
  for (let failures = 1; ; failures++) {
    try {
      return await ask();
    } catch (error) {
      if (!(mayRepeat && isRetryable(error)) || failures > options.retries) throw error;
      await pause(error.retryAfterMs ?? options.backoff(failures), request.signal);
    }
  }
}

async function readText(options: TransportOptions, request: ApiRequest): Promise<Answer<string>> {
  const limit = AbortSignal.timeout(options.timeoutMs + (request.extraMs ?? 0));
  const signal = request.signal === undefined ? limit : AbortSignal.any([limit, request.signal]);
  const response = await send(options, request, signal);
  try {
    return { status: response.status, headers: response.headers, body: await response.text() };
  } catch (cause) {
    throw unreachable(options, request, cause);
  }
}

async function send(
  options: TransportOptions,
  request: ApiRequest,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const response = await dial(options, request, signal);
  if (response.ok) return response;
  throw apiError(response, await response.text().catch(() => ""), request);
}

async function dial(
  options: TransportOptions,
  request: ApiRequest,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const { body } = request;
  try {
    return await options.fetch(addressOf(options, request), {
      method: request.method,
      headers: { ...options.headers, ...request.headers, ...(body && { "content-type": body.mediaType }) },
      ...(body && { body: body.text }),
      ...(signal && { signal }),
    });
  } catch (cause) {
    throw unreachable(options, request, cause);
  }
}

function addressOf(options: TransportOptions, request: ApiRequest): URL {
  const address = new URL(request.path, options.server);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) address.searchParams.set(name, String(value));
  }
  return address;
}

/** The caller's own abort stays what it is; everything else means that no answer came. */
function unreachable(options: TransportOptions, request: ApiRequest, cause: unknown): unknown {
  if (request.signal?.aborted === true) return request.signal.reason;
  const { origin } = options.server;
  const isLate = cause instanceof Error && cause.name === "TimeoutError";
  const seconds = (options.timeoutMs + (request.extraMs ?? 0)) / 1_000;
  const message = isLate
    ? `${origin} did not respond within ${seconds} s`
    : `${origin} cannot be reached: ${rootMessage(cause)}`;
  return new BatonApiError(message, { code: "unreachable", status: 0, retryable: true, cause });
}

/** fetch says only "fetch failed"; the reason stands in the innermost cause (an AggregateError where both IPv4 and IPv6 were tried). */
function rootMessage(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return rootMessage(error.errors.at(-1));
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : rootMessage(error.cause);
}

function apiError(response: Response, text: string, request: ApiRequest): BatonApiError {
  const { status } = response;
  const retryAfterMs = retryAfter(response.headers.get("retry-after"));
  const problem = ReceivedProblem.safeParse(tryParseJson(text));
  if (problem.success) return problemError(problem.data, { status, ...retryAfterMs });
  const message = `${request.method} /${request.path} returned ${status} ${response.statusText}, but not from a Baton API`;
  return new BatonApiError(message, { code: "response_invalid", status, retryable: status >= 502, ...retryAfterMs });
}

function retryAfter(header: string | null): { readonly retryAfterMs?: number } {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: Math.min(seconds, 30) * 1_000 } : {};
}

function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  request: ApiRequest,
): Received<z.output<Schema>> {
  const parsed = received(schema).safeParse(tryParseJson(text));
  if (parsed.success) return parsed.data;
  const { path, message } = firstIssue(parsed.error.issues);
  throw new BatonApiError(`Unexpected response to ${request.method} /${request.path}: /${path.join("/")}: ${message}`, {
    code: "response_invalid",
    status: 200,
    retryable: false,
    cause: parsed.error,
  });
}

interface FoundIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Of a union that nothing fits: what the object of the known status lacks. */
function firstIssue([issue]: readonly z.core.$ZodIssue[], before: readonly PropertyKey[] = []): FoundIssue {
  const path = [...before, ...(issue?.path ?? [])];
  if (issue?.code === "invalid_union" && issue.errors[0] !== undefined && issue.errors[0].length > 0) {
    return firstIssue(issue.errors[0], path);
  }
  return { path, message: issue?.message ?? "" };
}
