import { EventPage, type RunEvent } from "@batonrun/contract";
import { readEvents, waitForRun, watchRun } from "@batonrun/core/engine";
import { z } from "zod";
import type { ApiDependencies } from "../dependencies.js";
import { type Call, type Endpoint, endpoint, jsonSuccess, plain } from "../http/endpoint.js";
import type { Reply } from "../http/reply.js";
import { type ServerSentEvent, streamEvents } from "../http/sse.js";
import { withoutAbsent } from "../http/without-absent.js";
import { PageQuery } from "../resources/list.js";
import { RunParams } from "../resources/run.js";

const EventsQuery = PageQuery.extend({
  after: z.coerce.number().int().min(0).optional().meta({ description: "Events after this `seq`", example: 0 }),
});

const EventsHeaders = z.object({
  "Last-Event-ID": z
    .string()
    .regex(/^[0-9]{1,15}$/, "must be the id of an event of this run")
    .transform(Number)
    .optional()
    .meta({
      type: "string",
      description: "Resumes a stream: the `seq` of the last event received",
      example: "17",
    }),
});

const EVENT_STREAM = "text/event-stream";

export function eventRoutes(dependencies: ApiDependencies): Endpoint[] {
  return [
    endpoint({
      ...plain,
      id: "readEvents",
      method: "get",
      path: "/v1/runs/{id}/events",
      tag: "Runs",
      summary: "Read the run's events as a page, or as a stream until the run ends",
      description:
        "With `Accept: text/event-stream`, each event has its `seq` as id and its type as name. A client that reconnects " +
        "after the last event of an ended run gets 204, so that a browser does not reconnect.",
      params: RunParams,
      query: EventsQuery,
      headers: EventsHeaders,
      offers: { json: "application/json", sse: EVENT_STREAM },
      successes: {
        200: {
          description: "Events in order of seq",
          content: {
            ...jsonSuccess("", EventPage).content,
            [EVENT_STREAM]: {
              schema: z.string(),
              example:
                'event: step_completed\nid: 3\ndata: {"seq":3,"type":"step_completed","at":"2026-11-21T08:30:00.120Z","step":"extract"}\n\n',
            },
          },
        },
        204: { description: "The run has ended and the client already has its last event", content: {} },
      },
      problems: ["run_not_found", "cursor_invalid"],
      handle: (call) => (call.mediaType === EVENT_STREAM ? stream(dependencies, call) : page(dependencies, call)),
    }),
  ];
}

type EventsCall = Call<
  z.output<typeof RunParams>,
  z.output<typeof EventsQuery>,
  z.output<typeof EventsHeaders>,
  undefined
>;

async function page({ engine }: ApiDependencies, { params, query }: EventsCall): Promise<Reply> {
  const { after, limit, cursor } = query;
  const wanted = withoutAbsent({ runId: params.id, afterSeq: after, limit, cursor });
  return { status: 200, json: await readEvents(engine, wanted) };
}

/** Reads the run before the headers are sent, so that a missing run is a 404 and not an empty stream. */
async function stream({ engine }: ApiDependencies, { params, query, headers, signal }: EventsCall): Promise<Reply> {
  const afterSeq = headers["Last-Event-ID"] ?? query.after ?? 0;
  const ended = await waitForRun(engine, { runId: params.id, timeoutMs: 0, signal });
  if (ended !== null && headers["Last-Event-ID"] !== undefined && ended.seq <= afterSeq) return { status: 204 };
  const events = watchRun(engine, { runId: params.id, afterSeq, signal });
  return {
    mediaType: EVENT_STREAM,
    stream: (request, response) => streamEvents(serverSent(events), request, response),
  };
}

async function* serverSent(events: AsyncIterable<RunEvent>): AsyncGenerator<ServerSentEvent, void, undefined> {
  for await (const event of events) yield { id: String(event.seq), type: event.type, data: event };
}
