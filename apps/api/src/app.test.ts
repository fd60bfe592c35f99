import { testRedis } from "@batonrun/verify";
import request from "supertest";
import { describe, expect, onTestFinished, test } from "vitest";
import { endpointsOf } from "./app.js";
import { testApi } from "./testing/test-api.js";

async function setup(environment: Readonly<Record<string, string>> = {}) {
  const redis = testRedis();
  const api = await testApi({ redisUrl: redis.url, cell: redis.keys.tag.slice(1, -1), environment });
  onTestFinished(async () => {
    await api.stop();
    await redis.close();
  });
  return { api, app: api.app };
}

describe("the OpenAPI document", () => {
  test("has exactly the routes that are mounted", async () => {
    const { app } = await setup();
    const { body } = await request(app).get("/openapi.json");
    const documented = Object.entries<object>(body.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    expect(documented.toSorted()).toEqual(mountedRoutes(app).toSorted());
    expect(documented.length).toBeGreaterThan(20);
  });

  test("gives every operation an id of its own, a summary, and the problems it may answer", async () => {
    const { api, app } = await setup();
    const { body } = await request(app).get("/openapi.json");
    const operations = Object.values<Record<string, Operation>>(body.paths).flatMap((item) => Object.values(item));
    expect(new Set(operations.map((each) => each.operationId)).size).toBe(endpointsOf(api.dependencies).length);
    for (const operation of operations) {
      expect(operation.summary).toMatch(/\S/);
      expect(JSON.stringify(operation.responses["400"])).toContain("#/components/schemas/Problem");
      expect(operation.responses["503"]).toBeDefined();
    }
  });

  test("names no reference that it does not hold", async () => {
    const { app } = await setup();
    const { body, text } = await request(app).get("/openapi.json");
    const named = [...text.matchAll(/"#\/components\/schemas\/([A-Za-z]+)"/g)].map((match) => match[1]);
    expect(Object.keys(body.components.schemas)).toEqual(expect.arrayContaining([...new Set(named)]));
    expect(body.components.schemas).toMatchObject({ Problem: {}, Run: {}, RunEvent: {} });
  });

  test("shows what bodies look like", async () => {
    const { app } = await setup();
    const { body } = await request(app).get("/openapi.json");
    const content = body.paths["/v1/runs"].post.requestBody.content["application/json"];
    expect(Object.keys(content.examples)).toEqual(["registered", "adHoc"]);
  });
});

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly responses: Readonly<Record<string, unknown>>;
}

/** What Express would really dispatch, from its own stack. */
function mountedRoutes(app: unknown): string[] {
  return layersOf(app).flatMap((layer) => {
    if (layer.route === undefined) return layersOf(layer.handle).length > 0 ? mountedRoutes(layer.handle) : [];
    const { path, methods } = layer.route;
    const names = Object.keys(methods).filter((method) => method !== "_all");
    return names.map((method) => `${method} ${path.replaceAll(/:([a-z]+)/g, "{$1}")}`);
  });
}

interface Layer {
  readonly handle: unknown;
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/** Express does not declare its stack; the board's own application is left out, it is a page and no address of the API. */
function layersOf(router: unknown): readonly Layer[] {
  const held = router as { readonly stack?: readonly Layer[]; readonly router?: { readonly stack: readonly Layer[] } };
  const layers = held.router?.stack ?? held.stack ?? [];
  return layers.filter((layer) => !isBoard(layer));
}

function isBoard(layer: Layer): boolean {
  const inner = (layer.handle as { readonly stack?: readonly { readonly name: string }[] }).stack ?? [];
  return inner.some((each) => each.name === "app" || each.name === "mounted_app");
}

describe("an address", () => {
  test("that is none is 404, also those that later versions will have", async () => {
    const { app } = await setup();
    for (const path of [
      "/nope",
      "/v1",
      "/v1/approvals",
      "/v1/schedules",
      "/v1/triggers",
      "/v2/runs",
      "/docs/assets/package.json",
    ]) {
      const missing = await request(app).get(path);
      expect([path, missing.status, missing.body.code]).toEqual([path, 404, "route_not_found"]);
    }
    const later = await request(app).post("/v1/runs/01JDK7ZB5TXQ8M4W2Y9V6R3HNC/pause").send({});
    expect([later.status, later.body.code]).toEqual([404, "route_not_found"]);
  });

  test.each([
    ["delete", "/v1/runs", "GET, POST, HEAD, OPTIONS"],
    ["put", "/v1/runs/01JDK7ZB5TXQ8M4W2Y9V6R3HNC", "GET, HEAD, OPTIONS"],
    ["get", "/v1/runs/01JDK7ZB5TXQ8M4W2Y9V6R3HNC/cancel", "POST, OPTIONS"],
    ["get", "/v1/workflows/validate/graph/x", undefined],
  ] as const)("%s %s reports the allowed methods", async (method, path, allow) => {
    const { app } = await setup();
    const refused = await request(app)[method](path);
    expect(refused.headers["allow"]).toBe(allow);
    expect(refused.status).toBe(allow === undefined ? 404 : 405);
  });

  test("answers HEAD without a body and OPTIONS with what it takes", async () => {
    const { app } = await setup();
    const head = await request(app).head("/v1/runs");
    expect([head.status, head.text]).toEqual([200, undefined]);
    const options = await request(app).options("/v1/runs");
    expect([options.status, options.headers["allow"]]).toEqual([204, "GET, POST, HEAD, OPTIONS"]);
  });

  test("answers HEAD of a stream without beginning it", async () => {
    const { app } = await setup();
    const definition = { apiVersion: "baton/v1", name: "a", version: "1.0.0", steps: { a: { action: "core.noop" } } };
    const { id } = (await request(app).post("/v1/runs").send({ definition })).body;
    const head = await request(app).head(`/v1/runs/${id}/events`).set("Accept", "text/event-stream");
    expect([head.status, head.headers["content-type"]]).toEqual([200, "text/event-stream; charset=utf-8"]);
  });

  test("answers 406 where nothing that it has is accepted", async () => {
    const { app } = await setup();
    const refused = await request(app).get("/v1/runs").set("Accept", "application/xml");
    expect([refused.status, refused.body.code]).toEqual([406, "not_acceptable"]);
    expect(refused.headers["content-type"]).toContain("application/problem+json");
  });
});

describe("every response", () => {
  test("has a request id: the client's own, where it is a sound one", async () => {
    const { app } = await setup();
    const own = await request(app).get("/v1/runs/x").set("X-Request-Id", "trace-17.a_B");
    expect([own.headers["x-request-id"], own.body.traceId]).toEqual(["trace-17.a_B", "trace-17.a_B"]);
    const forged = await request(app).get("/v1/runs/x").set("X-Request-Id", "a b<script>");
    expect(forged.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("may be framed, sniffed or kept by nobody, and does not say what serves it", async () => {
    const { app } = await setup();
    const { headers } = await request(app).get("/v1/runs");
    expect(headers).toMatchObject({
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
    expect(headers).not.toHaveProperty("x-powered-by");
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });
});

describe("listening on loopback (SS1, SS2)", () => {
  test.each([
    ["another name in Host", { Host: "rebound.example.com" }, 403],
    ["a name that begins like loopback", { Host: "localhost.example.com:3000" }, 403],
    ["localhost", { Host: "localhost:3000" }, 200],
    ["[::1]", { Host: "[::1]:3000" }, 200],
    ["another site in Origin", { Host: "localhost:3000", Origin: "https://example.com" }, 403],
    ["another port in Origin", { Host: "localhost:3000", Origin: "http://localhost:8080" }, 403],
    ["Origin null", { Host: "localhost:3000", Origin: "null" }, 403],
    ["its own Origin", { Host: "localhost:3000", Origin: "http://localhost:3000" }, 200],
  ])("%s", async (_name, headers, status) => {
    const { app } = await setup();
    const answer = await request(app).get("/v1/runs").set(headers);
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.body.code).toBe("host_not_allowed");
  });

  test("a name that is allowed is taken", async () => {
    const { app } = await setup({ BATON_ALLOWED_HOSTS: "baton.example.com" });
    const headers = { Host: "baton.example.com", Origin: "https://baton.example.com" };
    expect((await request(app).get("/v1/runs").set(headers)).status).toBe(200);
  });
});

describe("listening for others", () => {
  test("a page of another site may not change anything (SS2, SS3)", async () => {
    const { app } = await setup({ BATON_HOST: "0.0.0.0" });
    const path = "/v1/runs/01JDK7ZB5TXQ8M4W2Y9V6R3HNC/cancel";
    const foreign = await request(app).post(path).set("Host", "baton").set("Origin", "https://example.com");
    expect(foreign.status).toBe(403);
    const crossSite = await request(app).post(path).set("Host", "baton").set("Sec-Fetch-Site", "cross-site");
    expect(crossSite.status).toBe(403);
    expect((await request(app).get("/v1/runs").set("Host", "baton")).status).toBe(200);
  });

  test("where names are given, no other is answered", async () => {
    const { app } = await setup({ BATON_HOST: "0.0.0.0", BATON_ALLOWED_HOSTS: "baton.example.com" });
    expect((await request(app).get("/healthz").set("Host", "baton.example.com:443")).status).toBe(200);
    expect((await request(app).get("/healthz").set("Host", "other.example.com")).status).toBe(403);
  });
});

test("a worker and its actions are listed", async () => {
  const { api, app } = await setup();
  const announced = {
    ...{ id: "w1", host: "here", pid: 7, startedAt: 1_763_712_000_000, concurrency: 4, graphFormats: [1] },
    capabilities: ["text"],
    actions: [{ name: "text.extract", capability: "text", effects: "none" }],
  };
  await api.dependencies.engine.workers.announce(announced, 10_000);
  const workers = await request(app).get("/v1/workers");
  expect(workers.body.items).toEqual([{ ...announced, startedAt: "2025-11-21T08:00:00.000Z" }]);
  const queues = await request(app).get("/v1/queues");
  expect(queues.body.items.map((each: { name: string }) => each.name)).toEqual(["runs", "steps.core", "steps.text"]);
});

test("metrics come in the text format of Prometheus", async () => {
  const { app } = await setup();
  const metrics = await request(app).get("/metrics");
  expect(metrics.headers["content-type"]).toContain("text/plain");
  expect(metrics.text).toMatch(/^baton_info\{process="api",version="0\.0\.0-test"\} 1$/m);
  expect(metrics.text).toMatch(/^baton_redis_memory_bytes \d+$/m);
});

test("the schema of the language is served for editors", async () => {
  const { app } = await setup();
  const schema = await request(app).get("/schemas/baton-v1.schema.json");
  expect(schema.headers["content-type"]).toContain("application/schema+json");
  expect(JSON.parse(schema.text)).toMatchObject({ $schema: "https://json-schema.org/draft/2020-12/schema" });
});
