import {
  BatchResult as BatchAnswer,
  CancelledRun,
  type GraphDrawing,
  hasRunEnded,
  type Page,
  type Received,
  type RunEvent,
  RunPage,
  type RunStatus,
  RunSummary,
  RunView,
  StepPage,
  StepView,
  type SubmittedRun,
} from "@batonrun/contract";
import type { BatonApiError } from "./api-error.js";
import { type EventSource, type FollowOptions, followEvents } from "./follow-events.js";
import { drawGraphText, type GraphPicture, readGraph } from "./graph-format.js";
import { allItems } from "./paging.js";
import { problemError } from "./problem-document.js";
import type { Transport } from "./transport.js";

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What a run can be given besides its workflow. */
export type RunOptions = Readonly<Pick<SubmittedRun, "input" | "tags" | "priority" | "delay">>;

/** A registered workflow (`name` or `name@1.0.0`), or a definition that is used for this run only. */
export type RunRequest = RunOptions &
  ({ readonly workflow: string } | { readonly definition: Readonly<Record<string, unknown>> });

/** What a submission answers: the run is durable and continues without its client. */
export type StartedRun = Received<RunSummary> & {
  /** The idempotency key was known: this is the run that the first request started. */
  readonly isReplayed: boolean;
};

export interface StartOptions extends CallOptions {
  /** The same key and body give the same run. Without one, a fresh key is used, so that sending again is safe. */
  readonly idempotencyKey?: string;
}

export interface RunFilter {
  readonly workflow?: string | undefined;
  readonly status?: RunStatus | undefined;
  readonly tag?: string | undefined;
  /** Created after / before, ISO 8601. */
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  /** Items a page, at most 200. */
  readonly limit?: number | undefined;
}

export interface StepFilter {
  /** The container whose instances are wanted. */
  readonly parent?: string | undefined;
  readonly status?: string | undefined;
  readonly limit?: number | undefined;
}

export interface PageOptions extends CallOptions {
  readonly cursor?: string | undefined;
}

/** One submission of a batch. Without a key of its own it gets a fresh one, so that sending the batch again is safe. */
export type BatchItem = RunRequest & { readonly idempotencyKey?: string };

export type BatchResult =
  | { readonly isAccepted: true; readonly id: string; readonly isReplayed: boolean }
  | { readonly isAccepted: false; readonly error: BatonApiError };

export interface CancelOptions extends CallOptions {
  readonly reason?: string | undefined;
}

/** Runs: start them, follow them, read them, cancel them. */
export interface RunsApi {
  /** @example const run = await baton.runs.start({ workflow: "hello", input: { name: "Ada" } }); */
  start(request: RunRequest, options?: StartOptions): Promise<StartedRun>;
  /** Starts a run and answers when it has ended. @example const { status, output } = await baton.runs.startAndWait({ workflow: "hello" }); */
  startAndWait(request: RunRequest, options?: StartOptions & FollowOptions): Promise<Received<RunView>>;
  /** Up to 1,000 submissions in one request, one result each, in their order. */
  startBatch(items: readonly BatchItem[], options?: CallOptions): Promise<readonly BatchResult[]>;
  get(id: string, options?: CallOptions): Promise<Received<RunView>>;
  list(filter?: RunFilter, options?: PageOptions): Promise<Page<Received<RunSummary>>>;
  /** @example for await (const run of baton.runs.all({ status: "failed" })) console.log(run.id); */
  all(filter?: RunFilter, options?: CallOptions): AsyncIterable<Received<RunSummary>>;
  steps(id: string, filter?: StepFilter, options?: PageOptions): Promise<Page<Received<StepView>>>;
  allSteps(id: string, filter?: StepFilter, options?: CallOptions): AsyncIterable<Received<StepView>>;
  step(id: string, instance: string, options?: CallOptions): Promise<Received<StepView>>;
  /** Events as they are appended, until the run has ended; reconnects and resumes by itself. */
  events(id: string, options?: FollowOptions): AsyncIterable<Received<RunEvent>>;
  /** The run once it has ended. */
  wait(id: string, options?: FollowOptions): Promise<Received<RunView>>;
  /** Asks the run to end; what is at work is aborted. */
  cancel(id: string, options?: CancelOptions): Promise<Received<CancelledRun>>;
  graph(id: string, options?: CallOptions): Promise<Received<GraphDrawing>>;
  draw(id: string, form: GraphPicture, options?: CallOptions): Promise<string>;
}

export function createRunsApi(transport: Transport): RunsApi {
  const api: RunsApi = {
    start: (request, options = {}) => start(transport, request, options),
    async startAndWait(request, options = {}) {
      const { id } = await api.start(request, options);
      return api.wait(id, options);
    },
    startBatch: (items, options = {}) => startBatch(transport, items, options),
    get: (id, options = {}) => transport.json({ method: "GET", path: runPath(id), ...options }, RunView),
    list: (filter = {}, { cursor, signal } = {}) =>
      transport.json({ method: "GET", path: "v1/runs", query: { ...filter, cursor }, signal }, RunPage),
    all: (filter = {}, options = {}) => allItems((cursor) => api.list(filter, { ...options, cursor })),
    steps: (id, filter = {}, { cursor, signal } = {}) =>
      transport.json({ method: "GET", path: `${runPath(id)}/steps`, query: { ...filter, cursor }, signal }, StepPage),
    allSteps: (id, filter = {}, options = {}) => allItems((cursor) => api.steps(id, filter, { ...options, cursor })),
    step: (id, instance, options = {}) =>
      transport.json(
        { method: "GET", path: `${runPath(id)}/steps/${encodeURIComponent(instance)}`, ...options },
        StepView,
      ),
    events: (id, options = {}) => followEvents(eventSource(transport, api, id), options),
    async wait(id, options = {}) {
      for await (const _event of api.events(id, options));
      return api.get(id, { signal: options.signal });
    },
    cancel: (id, options = {}) => cancel(transport, id, options),
    graph: (id, options = {}) => readGraph(transport, { path: `${runPath(id)}/graph`, ...options }),
    draw: (id, form, options = {}) => drawGraphText(transport, { path: `${runPath(id)}/graph`, ...options }, form),
  };
  return api;
}

function runPath(id: string): string {
  return `v1/runs/${encodeURIComponent(id)}`;
}

async function start(
  transport: Transport,
  request: RunRequest,
  { idempotencyKey = crypto.randomUUID(), signal }: StartOptions,
): Promise<StartedRun> {
  const { body, headers } = await transport.answer(
    { ...post("v1/runs", request), headers: { "idempotency-key": idempotencyKey }, signal },
    RunSummary,
  );
  return { ...body, isReplayed: headers.get("idempotent-replayed") === "true" };
}

/** Cancelling twice is cancelling once. */
function cancel(transport: Transport, id: string, { reason, signal }: CancelOptions): Promise<Received<CancelledRun>> {
  return transport.json({ ...post(`${runPath(id)}/cancel`, { reason }), signal }, CancelledRun);
}

/** Every POST of a run may be sent twice: a key makes it so, or what it does. */
function post(path: string, body: unknown) {
  return {
    method: "POST",
    path,
    body: { text: JSON.stringify(body), mediaType: "application/json" },
    isRepeatable: true,
  } as const;
}

function eventSource(transport: Transport, api: RunsApi, id: string): EventSource {
  return {
    backoff: transport.options.backoff,
    connect: (after, signal) => {
      const headers = { accept: "text/event-stream", ...(after > 0 && { "last-event-id": String(after) }) };
      return transport.open({ method: "GET", path: `${runPath(id)}/events`, headers, signal });
    },
    hasEnded: async (signal) => hasRunEnded(await api.get(id, { signal })),
  };
}

async function startBatch(
  transport: Transport,
  items: readonly BatchItem[],
  { signal }: CallOptions,
): Promise<readonly BatchResult[]> {
  const runs = items.map((item) => ({ idempotencyKey: crypto.randomUUID(), ...item }));
  const answer = await transport.json({ ...post("v1/runs/batch", { runs }), signal }, BatchAnswer);
  return answer.items.map((item) =>
    "run" in item
      ? { isAccepted: true, id: item.run.id, isReplayed: item.run.replayed }
      : { isAccepted: false, error: problemError(item.problem, { status: item.status }) },
  );
}
