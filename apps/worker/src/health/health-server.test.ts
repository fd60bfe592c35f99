import { EventEmitter, once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { type HealthSources, startHealthServer } from "./health-server.js";
import { checkReadiness, type ReadinessChecks } from "./readiness.js";

const healthy: ReadinessChecks = {
  accepting: () => true,
  engine: () => true,
  announced: () => true,
  redis: async () => "PONG",
};

async function setup(
  checks: Partial<ReadinessChecks> = {},
  scrape: HealthSources["metrics"]["scrape"] = async () => "baton_info 1\n",
) {
  const server = await startHealthServer(
    { host: "127.0.0.1", port: 0 },
    {
      readiness: () => checkReadiness({ ...healthy, ...checks }),
      metrics: { contentType: "text/plain; version=0.0.4; charset=utf-8", scrape },
    },
  );
  onTestFinished(() => server.close());
  return server;
}

test("a healthy worker is alive, ready and gives its metrics", async () => {
  const { url } = await setup();
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "alive" });
  const ready = await fetch(`${url}/readyz`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toEqual({
    status: "ready",
    checks: { accepting: true, engine: true, announced: true, redis: true },
  });
  const metrics = await fetch(`${url}/metrics`);
  expect(metrics.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(await metrics.text()).toBe("baton_info 1\n");
});

test.each([
  ["accepting", { accepting: () => false }],
  ["engine", { engine: () => false }],
  ["announced", { announced: () => false }],
  ["redis", { redis: () => Promise.reject(new Error("away")) }],
])("a worker whose check %s fails is alive and not ready", async (name, checks) => {
  const { url } = await setup(checks);
  const ready = await fetch(`${url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ status: "not_ready", checks: { [name]: false } });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test("a Redis that never answers makes the worker not ready instead of hanging the probe", async () => {
  const { url } = await setup({ redis: () => new Promise(() => undefined) });
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
});

test("other addresses and methods are refused with a problem", async () => {
  const { url } = await setup();
  const missing = await fetch(`${url}/elsewhere`);
  expect(missing.status).toBe(404);
  expect(missing.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  expect(await missing.json()).toMatchObject({ code: "route_not_found" });
  const posted = await fetch(`${url}/metrics`, { method: "POST", body: "x" });
  expect(posted.status).toBe(405);
  expect(posted.headers.get("allow")).toBe("GET, HEAD");
});

test("HEAD gives the head only", async () => {
  const { url } = await setup();
  const response = await fetch(`${url}/metrics?from=probe`, { method: "HEAD" });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe("");
});

test("failing metrics are a 500, and the server keeps running", async () => {
  const { url } = await setup({}, () => Promise.reject(new Error("a gauge is broken")));
  const response = await fetch(`${url}/metrics`);
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ code: "internal", detail: "a gauge is broken" });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test("closing waits neither for a kept connection nor for a scrape under way", async () => {
  const change = new EventEmitter();
  const { url, close } = await setup({}, () => {
    change.emit("scraped");
    return new Promise(() => undefined);
  });
  const scraped = once(change, "scraped");
  const scrape = expect(fetch(`${url}/metrics`)).rejects.toThrow("fetch failed");
  await scraped;
  await close();
  await scrape;
  await expect(fetch(`${url}/healthz`)).rejects.toThrow("fetch failed");
});

test("a port that is taken rejects the start", async () => {
  const { url } = await setup();
  const port = Number(new URL(url).port);
  const second = startHealthServer(
    { host: "127.0.0.1", port },
    { readiness: () => checkReadiness(healthy), metrics: { contentType: "text/plain", scrape: async () => "" } },
  );
  await expect(second).rejects.toThrow("EADDRINUSE");
});
