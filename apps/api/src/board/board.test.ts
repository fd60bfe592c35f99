import { openQueue } from "@batonrun/core/bullmq";
import { testRedis } from "@batonrun/verify";
import request from "supertest";
import { describe, expect, onTestFinished, test } from "vitest";
import { testApi } from "../testing/test-api.js";

const CANARY = "canary-7f3a";

async function setup(environment: Readonly<Record<string, string>> = {}) {
  const redis = testRedis();
  const api = await testApi({ redisUrl: redis.url, cell: redis.keys.tag.slice(1, -1), environment });
  const queue = openQueue("steps.core", { client: redis.client, prefix: redis.keys.queues });
  onTestFinished(async () => {
    await api.stop();
    await queue.close();
    await redis.close();
  });
  return { app: api.app, redis, queue };
}

test("the queues of the cell are shown, and those that appear later", async () => {
  const { app, redis } = await setup();
  const names = async () =>
    (await request(app).get("/admin/queues/api/queues")).body.queues.map((each: { name: string }) => each.name);
  expect(await names()).toEqual(["runs", "steps.core"]);
  await redis.client.sadd(redis.keys.queueNames, "steps.text");
  expect(await names()).toEqual(["runs", "steps.core", "steps.text"]);
});

test("no payload is shown, wherever a job holds it", async () => {
  const { app, queue } = await setup();
  const secret = CANARY.repeat(50);
  const job = await queue.add("step", { run: "01JD", payload: { secret }, text: secret });
  await job.updateProgress({ secret });
  const list = await request(app).get("/admin/queues/api/queues?activeQueue=steps.core&status=waiting&jobsPerPage=10");
  const one = await request(app).get(`/admin/queues/api/queues/steps.core/${job.id}`);
  expect(list.body.queues[1].jobs).toHaveLength(1);
  expect(one.body.job.data).toEqual({ run: "01JD" });
  expect(list.text + one.text).not.toContain(CANARY);
});

describe("the page", () => {
  test("asks no other site for anything, and may be framed by none", async () => {
    const { app } = await setup();
    const page = await request(app).get("/admin/queues");
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page.headers["content-security-policy"]).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  });

  test("serves its own scripts and styles", async () => {
    const { app } = await setup();
    const { text } = await request(app).get("/admin/queues");
    const files = [...text.matchAll(/(?:src|href)="(static\/[^"]+\.(?:js|css))"/g)].map((match) => match[1]);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect((await request(app).get(`/admin/queues/${file}`)).status).toBe(200);
  });
});

const changes = [
  ["post", "/api/queues/steps.core/add"],
  ["put", "/api/queues/steps.core/pause"],
  ["put", "/api/queues/steps.core/empty"],
  ["put", "/api/queues/steps.core/obliterate"],
  ["put", "/api/queues/steps.core/clean/waiting"],
  ["put", "/api/queues/pause"],
  ["patch", "/api/queues/steps.core/1/update-data"],
] as const;

describe("reading only (BR1)", () => {
  test.each(changes)("%s %s is refused", async (method, path) => {
    const { app, queue } = await setup();
    await queue.add("step", {});
    const refused = await request(app)[method](`/admin/queues${path}`).send({ name: "x", data: {} });
    expect([refused.status, refused.body.code]).toEqual([405, "method_not_allowed"]);
    expect(await queue.getWaitingCount()).toBe(1);
    expect(await queue.isPaused()).toBe(false);
  });
});

describe("writable", () => {
  const writable = { BATON_BOARD_READ_ONLY: "false" };
  const own = (host: string) => ({ Host: host, Origin: `http://${host}` });

  test("the board's own page may change a queue", async () => {
    const { app, queue } = await setup(writable);
    const paused = await request(app).put("/admin/queues/api/queues/steps.core/pause").set(own("localhost:3000"));
    expect(paused.status).toBe(200);
    expect(await queue.isPaused()).toBe(true);
  });

  test.each([
    ["a form of another site", { Origin: "https://example.com", "Content-Type": "text/plain" }, 403],
    ["no header that identifies the page", { "Content-Type": "text/plain" }, 403],
    ["another site that hides its origin", { Origin: "null", "Content-Type": "application/json" }, 403],
    ["a plain text of its own page", { Origin: "http://localhost:3000", "Content-Type": "text/plain" }, 415],
  ])("%s may not (BR2, BR3)", async (_name, headers, status) => {
    const { app, queue } = await setup(writable);
    const refused = await request(app)
      .post("/admin/queues/api/queues/steps.core/add")
      .set({ Host: "localhost:3000", ...headers })
      .send('{"name":"x","data":{}}');
    expect(refused.status).toBe(status);
    expect(await queue.getWaitingCount()).toBe(0);
  });
});
