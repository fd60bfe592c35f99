import {
  AcceptedRun,
  BatonError,
  CancelledRun,
  CancelRequest,
  IdempotencyKey,
  type RunId,
  RunPage,
  RunRequest,
  RunView,
  runLinks,
} from "@batonrun/contract";
import { runSummary } from "@batonrun/core";
import { cancelRun, listRuns, readRun, startRun, type WaitForRunQuery, waitForRun } from "@batonrun/core/engine";
import { z } from "zod";
import type { ApiDependencies } from "../dependencies.js";
import { jsonBody, optionalJsonBody } from "../http/body.js";
import { type Call, type Endpoint, endpoint, jsonSuccess, plain } from "../http/endpoint.js";
import { Prefer } from "../http/prefer.js";
import type { Reply, ReplyHeaders } from "../http/reply.js";
import { withoutAbsent } from "../http/without-absent.js";
import { definitionExamples } from "../resources/definition.js";
import { ListRunsQuery, RunParams } from "../resources/run.js";
import { startRequest } from "./start-request.js";

const tag = "Runs";

export function runRoutes(dependencies: ApiDependencies): Endpoint[] {
  return [submit(dependencies), list(dependencies), get(dependencies), cancel(dependencies)];
}

const SubmitHeaders = z.object({
  "Idempotency-Key": IdempotencyKey.optional(),
  Prefer: Prefer.optional().meta({
    type: "string",
    description: "`wait=10` waits up to 10 seconds for the run to end",
    example: "wait=10",
  }),
});

const acceptedHeaders = z.object({
  Location: z.string().meta({ description: "The run's URL" }),
  "Idempotent-Replayed": z.enum(["true"]).optional().meta({ description: "This key had already started the run" }),
  "Preference-Applied": z.string().optional(),
});

function submit(dependencies: ApiDependencies): Endpoint {
  const { runBytes, ...limits } = dependencies.config.limits;
  return endpoint({
    ...plain,
    id: "startRun",
    method: "post",
    path: "/v1/runs",
    tag,
    summary: "Start a run",
    description: "A 2xx means the run is stored, with the durability that /readyz reports.",
    headers: SubmitHeaders,
    body: jsonBody({
      schema: RunRequest,
      maxBytes: runBytes,
      limits,
      examples: {
        registered: { workflow: "document-analysis@1.0.0", input: { document: "report.pdf" }, tags: ["demo"] },
        adHoc: { definition: definitionExamples.hello, input: { name: "Ada" } },
      },
    }),
    successes: {
      202: { ...jsonSuccess("The run was accepted", AcceptedRun), headers: acceptedHeaders },
      200: { ...jsonSuccess("The run ended within the requested wait", RunView), headers: acceptedHeaders },
    },
    problems: [
      "workflow_not_found",
      "version_not_found",
      "definition_invalid",
      "input_invalid",
      "idempotency_conflict",
    ],
    handle: (call) => submitted(dependencies, call),
  });
}

type SubmitCall = Call<object, object, z.output<typeof SubmitHeaders>, RunRequest>;

async function submitted(dependencies: ApiDependencies, { body, headers, signal }: SubmitCall): Promise<Reply> {
  const { engine, config } = dependencies;
  const started = await startRun(engine, startRequest(body, headers["Idempotency-Key"]));
  const waitMs = headers.Prefer === undefined ? null : Math.min(headers.Prefer * 1_000, config.maxWaitMs);
  const sent: ReplyHeaders = {
    Location: runLinks(started.id).self,
    ...(started.replayed && { "Idempotent-Replayed": "true" }),
    ...(waitMs !== null && { "Preference-Applied": `wait=${Math.floor(waitMs / 1_000)}` }),
  };
  const hasEnded =
    waitMs !== null && (await hasEndedWithin(dependencies, { runId: started.id, timeoutMs: waitMs, signal }));
  if (hasEnded) return { status: 200, headers: sent, json: await readRun(engine, started.id) };
  return { status: 202, headers: sent, json: await acceptedRun(dependencies, started.id) };
}

/** The run is accepted even if the wait fails: a Redis outage meanwhile must not make the client submit again. */
async function hasEndedWithin({ engine, log }: ApiDependencies, query: WaitForRunQuery): Promise<boolean> {
  try {
    return (await waitForRun(engine, query)) !== null;
  } catch (error) {
    log.warn("stopped waiting for the run", { error, run: query.runId });
    return false;
  }
}

/** Reads the run back, so that the response shows what was stored. */
async function acceptedRun({ engine }: ApiDependencies, id: RunId): Promise<AcceptedRun> {
  const run = await engine.reader.run(id);
  if (run === null)
    throw new BatonError("run_not_found", "The run was deleted: its retention period has ended.", {
      details: { run: id },
    });
  return { ...runSummary(run), links: runLinks(id) };
}

function list(dependencies: ApiDependencies): Endpoint {
  return endpoint({
    ...plain,
    id: "listRuns",
    method: "get",
    path: "/v1/runs",
    tag,
    summary: "List runs, newest first",
    description: "All filters must match. A page may be short or even empty and still have a `nextCursor`.",
    query: ListRunsQuery,
    successes: { 200: jsonSuccess("A page of runs", RunPage) },
    problems: ["cursor_invalid"],
    async handle({ query }) {
      return { status: 200, json: await listRuns(dependencies.engine, withoutAbsent(query)) };
    },
  });
}

function get(dependencies: ApiDependencies): Endpoint {
  return endpoint({
    ...plain,
    id: "getRun",
    method: "get",
    path: "/v1/runs/{id}",
    tag,
    summary: "Get a run with every declared step",
    params: RunParams,
    successes: { 200: jsonSuccess("The run", RunView) },
    problems: ["run_not_found"],
    handle: async ({ params }) => ({ status: 200, json: await readRun(dependencies.engine, params.id) }),
  });
}

function cancel(dependencies: ApiDependencies): Endpoint {
  const { runBytes, ...limits } = dependencies.config.limits;
  return endpoint({
    ...plain,
    id: "cancelRun",
    method: "post",
    path: "/v1/runs/{id}/cancel",
    tag,
    summary: "Cancel a run",
    description:
      "After the response, no new step starts; running steps are aborted. Calling it again has no further effect.",
    params: RunParams,
    body: optionalJsonBody({
      schema: CancelRequest,
      maxBytes: runBytes,
      limits,
      examples: { reason: { reason: "wrong document" } },
    }),
    successes: { 202: jsonSuccess("The run is closing, or was already cancelled", CancelledRun) },
    problems: ["run_not_found", "run_ended"],
    async handle({ params: { id }, body }) {
      const { status, closing } = await cancelRun(dependencies.engine, { id, ...withoutAbsent(body) });
      return { status: 202, json: { id, status, closing, links: runLinks(id) } };
    },
  });
}
