import { type RedisServerOptions, startRedisServer } from "@batonrun/verify";
import { Redis } from "ioredis";
import request from "supertest";
import { describe, expect, onTestFinished, test } from "vitest";
import { testApi } from "./testing/test-api.js";

async function setup(options: RedisServerOptions = {}) {
  const redis = await startRedisServer(options);
  const api = await testApi({ redisUrl: redis.url, cell: "b7" });
  onTestFinished(async () => {
    await api.stop();
    await redis.stop();
  });
  return { redis, app: api.app, listen: api.listen };
}

/** Sets what the server's operator would. */
async function operate(url: string, setting: string, value: string): Promise<void> {
  const client = new Redis(url);
  await client.config("SET", setting, value);
  client.disconnect();
}

const definition = { apiVersion: "baton/v1", name: "a", version: "1.0.0", steps: { a: { action: "core.noop" } } };
const ID = "01JDK7ZB5TXQ8M4W2Y9V6R3HNC";

describe("while Redis is away", () => {
  test.each([
    ["POST", "/v1/runs", { definition }],
    ["POST", "/v1/workflows", definition],
    ["POST", `/v1/runs/${ID}/cancel`, {}],
    ["GET", "/v1/runs", undefined],
    ["GET", "/v1/workflows", undefined],
    ["GET", `/v1/runs/${ID}`, undefined],
    ["GET", `/v1/runs/${ID}/events`, undefined],
    ["GET", "/v1/workers", undefined],
    ["GET", "/v1/queues", undefined],
    ["GET", "/admin/queues", undefined],
  ])("%s %s is answered with 503 and when to come again, never a hang", async (method, path, body) => {
    const { redis, app } = await setup();
    await redis.kill();
    const startedAt = performance.now();
    const sent = method === "POST" ? request(app).post(path).send(body) : request(app).get(path);
    const answer = await sent.set("Accept", "application/json, text/event-stream, text/html");
    expect([answer.status, answer.body.code]).toEqual([503, "redis_unavailable"]);
    expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
    expect(answer.body.retryable).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  test("the process is alive and not ready, and serves again when Redis is back", async () => {
    const { redis, app } = await setup();
    await redis.kill();
    expect((await request(app).get("/healthz")).status).toBe(200);
    expect((await request(app).get("/metrics")).status).toBe(200);
    expect((await request(app).get("/docs")).status).toBe(200);
    const away = await request(app).get("/readyz");
    expect([away.status, away.body.status]).toEqual([503, "not_ready"]);
    await redis.restart();
    await expect.poll(async () => (await request(app).get("/readyz")).status, { timeout: 10_000 }).toBe(200);
    expect((await request(app).post("/v1/runs").send({ definition })).status).toBe(202);
  });

  test("a stream that is open ends, so that its client comes again", async () => {
    const { redis, app, listen } = await setup();
    const { id } = (await request(app).post("/v1/runs").send({ definition })).body;
    const response = await fetch(`${await listen()}/v1/runs/${id}/events`, {
      headers: { Accept: "text/event-stream" },
      signal: AbortSignal.timeout(15_000),
    });
    await redis.kill();
    await expect(response.text()).rejects.toThrow("terminated");
  });
});

test("a Redis that hangs is given up, and the request with it", async () => {
  const { redis, app } = await setup();
  const client = new Redis(redis.url);
  onTestFinished(() => client.disconnect());
  await client.call("CLIENT", "PAUSE", "6000", "ALL");
  for (const sent of [request(app).get("/v1/runs"), request(app).post("/v1/runs").send({ definition })]) {
    expect((await sent).status).toBe(503);
  }
});

test("a Redis that may evict keys is not ready", async () => {
  const { redis, app } = await setup();
  await operate(redis.url, "maxmemory-policy", "allkeys-lru");
  const answer = await request(app).get("/readyz");
  expect(answer.status).toBe(503);
  expect(answer.body.checks).toContainEqual({
    name: "redis",
    ok: false,
    detail: expect.stringContaining("noeviction"),
  });
});

test("a Redis that is full refuses writes, and reads continue", async () => {
  const { redis, app } = await setup();
  await operate(redis.url, "maxmemory", "1");
  for (const [path, body] of [
    ["/v1/workflows", definition],
    ["/v1/runs", { definition }],
  ] as const) {
    const refused = await request(app).post(path).send(body);
    expect([refused.status, refused.body.code]).toEqual([503, "redis_refused"]);
  }
  expect((await request(app).get("/v1/runs")).status).toBe(200);
});

test.each([
  [{ aof: false }, "none"],
  [{ aof: true }, "always"],
])("with %j the reported durability is %s", async (options, durability) => {
  const { app } = await setup(options);
  expect((await request(app).get("/readyz")).body).toMatchObject({ status: "ready", durability });
});
