import { startTestWorker, testRedis } from "@batonrun/verify";
import request from "supertest";
import { expect, onTestFinished, test } from "vitest";
import { endpointsOf } from "./app.js";
import { testApi } from "./testing/test-api.js";

const definition = {
  apiVersion: "baton/v1",
  name: "kinds",
  version: "1.0.0",
  steps: {
    first: { action: "core.noop", name: "The first", with: { list: [1, 2, 3] } },
    chunks: { type: "map", over: "first.result.list", step: { action: "core.noop", with: "{{ item }}" } },
    skipped: { action: "core.noop", if: "false" },
    choice: {
      type: "conditional",
      cases: [{ if: "true", steps: { taken: { action: "core.noop" } } }],
      else: { steps: { left: { action: "core.noop" } } },
    },
    wrong: { action: "core.noop", onError: "continue", with: { n: "{{ first.result.list[7] }}" } },
  },
};

/** A cell with an example of everything that a response can contain. */
async function setup() {
  const redis = testRedis();
  const api = await testApi({ redisUrl: redis.url, cell: redis.keys.tag.slice(1, -1) });
  const worker = await startTestWorker(redis);
  onTestFinished(async () => {
    await worker.close({ graceMs: 1_000 });
    await api.stop();
    await redis.close();
  });
  await request(api.app).post("/v1/workflows").send(definition).expect(201);
  const body = { workflow: "kinds", tags: ["a"], input: { x: 1 } };
  const ended = await request(api.app).post("/v1/runs").set("Prefer", "wait=10").send(body);
  expect([ended.status, ended.body.status]).toEqual([200, "completed"]);
  const cancelled = await request(api.app).post("/v1/runs").send({ workflow: "kinds", delay: "1h" });
  return { api, app: api.app, ended: ended.body, open: cancelled.body };
}

test("every answer is exactly what the OpenAPI document says of it", async () => {
  const { api, app, ended, open } = await setup();
  const run = `/v1/runs/${ended.id}`;
  const requests: readonly (readonly [id: string, method: "get" | "post", path: string, body?: object])[] = [
    ["registerWorkflow", "post", "/v1/workflows", definition],
    ["registerWorkflow", "post", "/v1/workflows", { ...definition, version: "1.0.1" }],
    ["validateWorkflow", "post", "/v1/workflows/validate", definition],
    ["validateWorkflow", "post", "/v1/workflows/validate", { ...definition, steps: { a: {} } }],
    ["listWorkflows", "get", "/v1/workflows?limit=1"],
    ["getWorkflow", "get", "/v1/workflows/kinds"],
    ["getWorkflowVersion", "get", "/v1/workflows/kinds/versions/1.0.0"],
    ["drawWorkflow", "get", "/v1/workflows/kinds/graph"],
    ["startRun", "post", "/v1/runs", { workflow: "kinds", delay: "1h" }],
    ["startRuns", "post", "/v1/runs/batch", { runs: [{ workflow: "kinds" }, { workflow: "nobody" }, {}] }],
    ["listRuns", "get", "/v1/runs?limit=2"],
    ["getRun", "get", run],
    ["getRun", "get", `/v1/runs/${open.id}`],
    ["listSteps", "get", `${run}/steps`],
    ["listSteps", "get", `${run}/steps?parent=chunks&limit=1`],
    ["getStep", "get", `${run}/steps/chunks.1`],
    ["getStep", "get", `${run}/steps/wrong`],
    ["getStep", "get", `${run}/steps/choice`],
    ["readEvents", "get", `${run}/events?limit=5`],
    ["drawRun", "get", `${run}/graph`],
    ["cancelRun", "post", `/v1/runs/${open.id}/cancel`, { reason: "enough" }],
    ["listWorkers", "get", "/v1/workers"],
    ["listQueues", "get", "/v1/queues"],
    ["healthz", "get", "/healthz"],
    ["readyz", "get", "/readyz"],
    ["openapi", "get", "/openapi.json"],
  ];
  const endpoints = endpointsOf(api.dependencies).map(({ declaration }) => declaration);
  for (const [id, method, path, body] of requests) {
    const answer = await request(app)[method](path).send(body);
    const success = endpoints.find((each) => each.id === id)?.successes[answer.status];
    const schema = success?.content["application/json"]?.schema;
    expect(schema, `${id} documents JSON of ${answer.status}: ${answer.text.slice(0, 300)}`).toBeDefined();
    // An object schema strips what it does not know, so that equality shows whatever is not documented.
    expect(schema?.parse(answer.body), `${method} ${path}`).toEqual(answer.body);
  }
  const covered = new Set(requests.map(([id]) => id));
  const withJson = endpoints
    .filter((each) => Object.values(each.offers)[0] === "application/json")
    .map((each) => each.id);
  expect([...covered].toSorted()).toEqual(withJson.toSorted());
});
