import {
  BatchItem,
  BatchRequest,
  BatchResult,
  type BatchResultItem,
  BatonError,
  errorCatalog,
  MAX_BATCH,
  runLinks,
} from "@batonrun/contract";
import { type StartRunRequest, startRuns } from "@batonrun/core/engine";
import type { ApiDependencies } from "../dependencies.js";
import { jsonBody } from "../http/body.js";
import { type Endpoint, endpoint, jsonSuccess, plain } from "../http/endpoint.js";
import { issueDetails } from "../http/parse-request.js";
import { problemOf } from "../http/problem.js";
import { startRequest } from "./start-request.js";

type Parsed = { readonly index: number; readonly request: StartRunRequest | BatonError };

export function batchRoutes(dependencies: ApiDependencies): Endpoint[] {
  const { batchBytes, ...limits } = dependencies.config.limits;
  return [
    endpoint({
      ...plain,
      id: "startRuns",
      method: "post",
      path: "/v1/runs/batch",
      tag: "Runs",
      summary: `Start up to ${MAX_BATCH} runs`,
      description: "Each item succeeds or fails on its own. The result has one entry per item, in the same order.",
      body: jsonBody({
        schema: BatchRequest,
        maxBytes: batchBytes,
        limits,
        examples: {
          two: {
            runs: [
              { workflow: "hello", input: { name: "Ada" } },
              { workflow: "hello", idempotencyKey: "b" },
            ],
          },
        },
      }),
      successes: { 200: jsonSuccess("The result of each item", BatchResult) },
      async handle({ body, requestId }) {
        const items = await startAll(dependencies, body.runs, requestId);
        const accepted = items.filter((item) => "run" in item).length;
        return { status: 200, json: { accepted, refused: items.length - accepted, items } };
      },
    }),
  ];
}

async function startAll(
  { engine }: ApiDependencies,
  runs: readonly unknown[],
  requestId: string,
): Promise<readonly BatchResultItem[]> {
  const parsed = runs.map(parseItem);
  const sound = parsed.flatMap(({ request }) => (request instanceof BatonError ? [] : [request]));
  const results = (await startRuns(engine, sound)).values();
  return parsed.map(({ index, request }): BatchResultItem => {
    if (request instanceof BatonError) return refusal(index, request, requestId);
    const result = results.next().value;
    if (result === undefined) throw new Error("startRuns returned fewer results than requests");
    if (result instanceof BatonError) return refusal(index, result, requestId);
    return { index, status: 202, run: { id: result.id, replayed: result.replayed, links: runLinks(result.id) } };
  });
}

function parseItem(item: unknown, index: number): Parsed {
  const parsed = BatchItem.safeParse(item);
  if (parsed.success) return { index, request: startRequest(parsed.data, parsed.data.idempotencyKey) };
  const errors = issueDetails(parsed.error, ["runs", index]);
  return { index, request: new BatonError("request_invalid", "The item is not a valid run request.", { errors }) };
}

function refusal(index: number, error: BatonError, requestId: string): BatchResultItem {
  return { index, status: errorCatalog[error.code].status, problem: problemOf(error, requestId) };
}
