import { testRedis } from "@batonrun/verify";
import request from "supertest";
import { describe, expect, onTestFinished, test } from "vitest";
import { testApi } from "../testing/test-api.js";

const hello = {
  apiVersion: "baton/v1",
  name: "hello",
  version: "1.0.0",
  tags: ["greeting"],
  input: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
  steps: { greet: { action: "core.noop", with: { greeting: "Hello, {{ input.name }}!" } } },
};

/** Nothing works here: runs stay where submission leaves them. */
async function setup() {
  const redis = testRedis();
  const api = await testApi({ redisUrl: redis.url, cell: redis.keys.tag.slice(1, -1) });
  onTestFinished(async () => {
    await api.stop();
    await redis.close();
  });
  const { app } = api;
  await request(app).post("/v1/workflows").send(hello).expect(201);
  const submit = (body: object, headers: Readonly<Record<string, string>> = {}) =>
    request(app).post("/v1/runs").set(headers).send(body);
  return { app, submit };
}

const ada = { workflow: "hello", input: { name: "Ada" } };

describe("submitting", () => {
  test("is answered with 202, the run and where it is", async () => {
    const { app, submit } = await setup();
    const accepted = await submit({ ...ada, tags: ["vip"], priority: 7 });
    expect(accepted.status).toBe(202);
    expect(accepted.body).toMatchObject({
      status: "running",
      workflow: "hello",
      version: "1.0.0",
      tags: ["greeting", "vip"],
      priority: 7,
      links: { self: `/v1/runs/${accepted.body.id}`, events: `/v1/runs/${accepted.body.id}/events` },
    });
    expect(accepted.headers["location"]).toBe(`/v1/runs/${accepted.body.id}`);
    const run = await request(app).get(accepted.body.links.self);
    expect(run.status).toBe(200);
    expect(run.headers["cache-control"]).toBe("no-store");
    expect(run.body).toMatchObject({
      id: accepted.body.id,
      input: { name: "Ada" },
      steps: [{ id: "greet", type: "action" }],
    });
  });

  test("takes a version by name, and a definition for one run, as an object or as YAML", async () => {
    const { submit } = await setup();
    expect((await submit({ workflow: "hello@1.0.0", input: { name: "Ada" } })).status).toBe(202);
    const adHoc = { ...hello, name: "ad-hoc" };
    expect((await submit({ definition: adHoc, input: { name: "Ada" } })).body).toMatchObject({ workflow: "ad-hoc" });
    const yaml = "apiVersion: baton/v1\nname: as-yaml\nversion: 1.0.0\nsteps:\n  a: { action: core.noop }\n";
    expect((await submit({ definition: yaml })).body).toMatchObject({ workflow: "as-yaml", status: "running" });
  });

  test("with a delay leaves the run initializing", async () => {
    const { submit } = await setup();
    expect((await submit({ ...ada, delay: "1h" })).body).toMatchObject({ status: "initializing" });
  });

  test.each([
    ["an unknown workflow", { workflow: "nobody" }, 404, "workflow_not_found"],
    ["an unknown version", { workflow: "hello@2.0.0" }, 404, "version_not_found"],
    ["an input that does not match", { workflow: "hello", input: { name: 7 } }, 422, "input_invalid"],
    ["no input where one is needed", { workflow: "hello" }, 422, "input_invalid"],
    ["a definition with problems", { definition: { ...hello, steps: {} } }, 422, "definition_invalid"],
  ])("%s is refused", async (_name, body, status, code) => {
    const { submit } = await setup();
    const refused = await submit(body);
    expect([refused.status, refused.body.code]).toEqual([status, code]);
  });

  test("a problem of the input points into the body", async () => {
    const { submit } = await setup();
    const refused = await submit({ workflow: "hello", input: { name: 7 } });
    expect(refused.body.errors).toEqual([expect.objectContaining({ pointer: "/input/name" })]);
  });
});

test("every problem of a body is reported, with its pointer", async () => {
  const { submit } = await setup();
  const refused = await submit({ workflow: "hello", inputs: {}, priority: 101, tags: [""] });
  expect(refused.status).toBe(400);
  const pointers = refused.body.errors.map((each: { pointer: string }) => each.pointer);
  expect(pointers.toSorted()).toEqual(["/inputs", "/priority", "/tags/0"]);
});

describe("an idempotency key", () => {
  test("with the same body gives the same run, and says so", async () => {
    const { submit } = await setup();
    const first = await submit(ada, { "Idempotency-Key": "order-1" });
    const second = await submit({ input: { name: "Ada" }, workflow: "hello" }, { "Idempotency-Key": "order-1" });
    expect(first.headers["idempotent-replayed"]).toBeUndefined();
    expect(second.status).toBe(202);
    expect(second.headers["idempotent-replayed"]).toBe("true");
    expect(second.body.id).toBe(first.body.id);
  });

  test("with another body is refused", async () => {
    const { submit } = await setup();
    const first = await submit(ada, { "Idempotency-Key": "order-1" });
    const second = await submit({ ...ada, priority: 1 }, { "Idempotency-Key": "order-1" });
    expect(second.status).toBe(422);
    expect(second.body).toMatchObject({ code: "idempotency_conflict", details: { run: first.body.id } });
  });

  test("makes one run of fifty requests at once", async () => {
    const { app, submit } = await setup();
    const answers = await Promise.all(Array.from({ length: 50 }, () => submit(ada, { "Idempotency-Key": "burst" })));
    expect(new Set(answers.map((each) => each.body.id)).size).toBe(1);
    expect(answers.filter((each) => each.headers["idempotent-replayed"] === undefined)).toHaveLength(1);
    expect((await request(app).get("/v1/runs")).body.items).toHaveLength(1);
  });
});

describe("Prefer: wait", () => {
  test("is answered with 202 when the run has not ended in time", async () => {
    const { submit } = await setup();
    const accepted = await submit(ada, { Prefer: "wait=0" });
    expect(accepted.status).toBe(202);
    expect(accepted.headers["preference-applied"]).toBe("wait=0");
  });
});

describe("a batch", () => {
  test("has one result each, in order, and one wrong item refuses no other", async () => {
    const { app } = await setup();
    const runs = [
      ada,
      { workflow: "nobody" },
      { ...ada, idempotencyKey: "twice" },
      { ...ada, idempotencyKey: "twice" },
      { ...ada, priority: 101 },
      7,
      { ...ada, idempotencyKey: "twice", priority: 3 },
    ];
    const answer = await request(app).post("/v1/runs/batch").send({ runs });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ accepted: 3, refused: 4 });
    const { items } = answer.body;
    expect(items.map((each: { index: number }) => each.index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(items.map((each: { problem?: { code: string } }) => each.problem?.code ?? "")).toEqual([
      "",
      "workflow_not_found",
      "",
      "",
      "request_invalid",
      "request_invalid",
      "idempotency_conflict",
    ]);
    expect(items[3].run.id).toBe(items[2].run.id);
    expect(items[4].problem.errors).toEqual([expect.objectContaining({ pointer: "/runs/4/priority" })]);
  });

  test("takes 1,000 runs and not one more", async () => {
    const { app } = await setup();
    const thousand = Array.from({ length: 1_000 }, () => ada);
    const taken = await request(app).post("/v1/runs/batch").send({ runs: thousand });
    expect(taken.body).toMatchObject({ accepted: 1_000, refused: 0 });
    const refused = await request(app)
      .post("/v1/runs/batch")
      .send({ runs: [...thousand, ada] });
    expect([refused.status, refused.body.code]).toEqual([400, "request_invalid"]);
  });
});

describe("the list of runs", () => {
  test("goes page by page, the newest first, by every filter", async () => {
    const { app, submit } = await setup();
    const ids: string[] = [];
    for (const tag of ["a", "b", "a"]) ids.unshift((await submit({ ...ada, tags: [tag] })).body.id);
    const idsOf = (body: { items: { id: string }[] }) => body.items.map((each) => each.id);

    const first = await request(app).get("/v1/runs?limit=2");
    const second = await request(app).get("/v1/runs").query({ limit: 2, cursor: first.body.nextCursor });
    expect([...idsOf(first.body), ...idsOf(second.body)]).toEqual(ids);
    expect(idsOf((await request(app).get("/v1/runs?tag=a")).body)).toEqual([ids[0], ids[2]]);
    expect(idsOf((await request(app).get("/v1/runs?workflow=hello&status=running")).body)).toEqual(ids);
    expect(idsOf((await request(app).get("/v1/runs?status=failed")).body)).toEqual([]);
    expect(idsOf((await request(app).get("/v1/runs?before=2020-01-01T00:00:00Z")).body)).toEqual([]);
    expect(idsOf((await request(app).get("/v1/runs?after=2020-01-01T00:00:00%2B02:00")).body)).toEqual(ids);
  });
});

describe("cancelling", () => {
  test("is answered with 202 and why the run is closing, a second time the same", async () => {
    const { app, submit } = await setup();
    const { id } = (await submit(ada)).body;
    const first = await request(app).post(`/v1/runs/${id}/cancel`).send({ reason: "wrong document" });
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({ id, closing: "cancelled" });
    const second = await fetchWithoutBody(app, `/v1/runs/${id}/cancel`);
    expect(second.status).toBe(202);
    expect(second.body).toMatchObject({ id, closing: "cancelled" });
  });

  test("an unknown run is 404", async () => {
    const { app } = await setup();
    const missing = await request(app).post("/v1/runs/01JDK7ZB5TXQ8M4W2Y9V6R3HNC/cancel");
    expect([missing.status, missing.body.code]).toEqual([404, "run_not_found"]);
  });
});

describe("the steps of a run", () => {
  test("are listed, and read one by one", async () => {
    const { app, submit } = await setup();
    const { id } = (await submit(ada)).body;
    const list = await request(app).get(`/v1/runs/${id}/steps`);
    expect(list.status).toBe(200);
    expect(list.body.items).toEqual([expect.objectContaining({ id: "greet", status: "pending" })]);
    const step = await request(app).get(`/v1/runs/${id}/steps/greet`);
    expect(step.body).toMatchObject({ id: "greet", type: "action", action: "core.noop" });
  });

  test.each([
    ["/steps/nobody", "step_not_found"],
    ["/steps/Not%20an%20Id", "step_not_found"],
    ["/steps?parent=nobody", "step_not_found"],
  ])("%s is 404 %s", async (path, code) => {
    const { app, submit } = await setup();
    const { id } = (await submit(ada)).body;
    const missing = await request(app).get(`/v1/runs/${id}${path}`);
    expect([missing.status, missing.body.code]).toEqual([404, code]);
  });
});

test("the graph of a run shows the status of its steps", async () => {
  const { app, submit } = await setup();
  const { id } = (await submit(ada)).body;
  const graph = await request(app).get(`/v1/runs/${id}/graph`);
  expect(graph.body.nodes).toEqual([expect.objectContaining({ id: "greet", status: "pending" })]);
});

async function fetchWithoutBody(app: Parameters<typeof request>[0], path: string) {
  return await request(app).post(path);
}
