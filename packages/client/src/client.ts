import { type Page, QueuePage, type QueueView, WorkerPage, type WorkerView } from "@batonrun/contract";
import { type Backoff, exponentialBackoff } from "./backoff.js";
import { type CallOptions, createRunsApi, type RunsApi } from "./runs.js";
import { createTransport } from "./transport.js";
import { createWorkflowsApi, type WorkflowsApi } from "./workflows.js";

export interface ClientOptions {
  /** The API's address, `http://127.0.0.1:3000` by default; a path in front of `/v1` is kept. */
  readonly server?: string | URL;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Time limit of one request; 30 s by default. Events have none. */
  readonly timeoutMs?: number;
  /** How often a request is sent again that no answer came to, or a 503; only where twice does no harm. 2 by default. */
  readonly retries?: number;
  readonly backoff?: Backoff;
  readonly fetch?: typeof fetch;
}

/** The API of a Baton server. It holds no connection of its own: there is nothing to close. */
export interface BatonClient {
  readonly server: URL;
  readonly runs: RunsApi;
  readonly workflows: WorkflowsApi;
  /** The workers whose lease has not ended. */
  workers(options?: CallOptions): Promise<Page<WorkerView>>;
  queues(options?: CallOptions): Promise<Page<QueueView>>;
}

export const DEFAULT_SERVER = "http://127.0.0.1:3000";

/**
 * A client of the API.
 * @example
 * const baton = createBatonClient({ server: "http://127.0.0.1:3000" });
 * const run = await baton.runs.startAndWait({ workflow: "document-analysis", input: { document: "report.pdf" } });
 */
export function createBatonClient(options: ClientOptions = {}): BatonClient {
  const server = serverUrl(options.server ?? DEFAULT_SERVER);
  const transport = createTransport({
    server,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    headers: { accept: "application/json", ...options.headers },
    timeoutMs: options.timeoutMs ?? 30_000,
    retries: options.retries ?? 2,
    backoff: options.backoff ?? exponentialBackoff(Math.random),
  });
  return {
    server,
    runs: createRunsApi(transport),
    workflows: createWorkflowsApi(transport),
    workers: (call = {}) => transport.json({ method: "GET", path: "v1/workers", ...call }, WorkerPage),
    queues: (call = {}) => transport.json({ method: "GET", path: "v1/queues", ...call }, QueuePage),
  };
}

/** With a slash at the end, so that relative addresses keep the path. Throws a TypeError where it is no http address. */
function serverUrl(server: string | URL): URL {
  const url = new URL(server);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new TypeError(`The server URL must begin with http:// or https://, not ${url.protocol}`);
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}
