import { createServer } from "node:net";
import { runLinks } from "@batonrun/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BatonClient, createBatonClient } from "./client.js";
import { RUN_ID, runView } from "./testing/run-scripts.js";
import { problem, type ScriptedServer, startScriptedServer } from "./testing/scripted-server.js";

let server: ScriptedServer;
let baton: BatonClient;

beforeEach(async () => {
  server = await startScriptedServer();
  baton = createBatonClient({ server: server.url, backoff: () => 0 });
});
afterEach(() => server.close());

const { input: _input, steps: _steps, definitionHash: _hash, output: _output, ...summary } = runView();

describe("starting runs", () => {
  test("sends the request as it is, with a key that makes it safe to send again", async () => {
    server.on("POST /v1/runs", { status: 202, json: { ...summary, links: {} } });
    const run = await baton.runs.start({ workflow: "hello@1.0.0", input: { name: "Ada" }, tags: ["x"], delay: "10s" });
    expect(run).toEqual({ ...summary, isReplayed: false });
    const [request] = server.requests;
    expect(JSON.parse(request?.body ?? "")).toEqual({
      workflow: "hello@1.0.0",
      input: { name: "Ada" },
      tags: ["x"],
      delay: "10s",
    });
    expect(request?.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("sends a submission that no answer came to again, under the same key", async () => {
    server.on("POST /v1/runs", (_exchange, time) =>
      time === 1
        ? { stream: (response) => response.destroy() }
        : { status: 202, headers: { "idempotent-replayed": "true" }, json: summary },
    );
    expect(await baton.runs.start({ workflow: "hello" })).toMatchObject({ id: RUN_ID, isReplayed: true });
    const keys = server.requests.map((request) => request.headers["idempotency-key"]);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  test("gives one result for each item of a batch", async () => {
    const { json: refused } = problem({ status: 422, code: "input_invalid", detail: "input.name is missing" });
    server.on("POST /v1/runs/batch", {
      status: 200,
      json: {
        accepted: 1,
        refused: 1,
        items: [
          { index: 0, status: 202, run: { id: RUN_ID, replayed: false, links: runLinks(RUN_ID) } },
          { index: 1, status: 422, problem: refused },
        ],
      },
    });
    const results = await baton.runs.startBatch([{ workflow: "hello", idempotencyKey: "k1" }, { workflow: "hello" }]);
    expect(results).toMatchObject([
      { isAccepted: true, id: RUN_ID, isReplayed: false },
      { isAccepted: false, error: { code: "input_invalid", status: 422, message: "input.name is missing" } },
    ]);
    const sent: unknown = JSON.parse(server.requests[0]?.body ?? "");
    expect(sent).toMatchObject({ runs: [{ idempotencyKey: "k1" }, { idempotencyKey: expect.any(String) }] });
  });
});

describe("lists", () => {
  test("are read page after page, also past an empty one", async () => {
    server.on("GET /v1/runs", ({ query }) => {
      const cursor = query.get("cursor");
      if (cursor === null) return { json: { items: [{ ...summary, id: "a" }], nextCursor: "2" } };
      if (cursor === "2") return { json: { items: [], nextCursor: "3" } };
      return { json: { items: [{ ...summary, id: "b" }] } };
    });
    const ids: string[] = [];
    for await (const run of baton.runs.all({ status: "failed", limit: 1 })) ids.push(run.id);
    expect(ids).toEqual(["a", "b"]);
    expect(server.requests.map((request) => request.query.toString())).toEqual([
      "status=failed&limit=1",
      "status=failed&limit=1&cursor=2",
      "status=failed&limit=1&cursor=3",
    ]);
  });
});

describe("errors", () => {
  test("carry what the API said", async () => {
    const errors = [{ pointer: "/steps/b/needs/0", message: 'there is no step "a"', line: 9, column: 13 }];
    server.on(
      "POST /v1/workflows",
      problem({ status: 422, code: "definition_invalid", detail: "The definition has 1 problem.", errors }),
    );
    await expect(baton.workflows.register({ text: "name: x", format: "yaml" })).rejects.toMatchObject({
      name: "BatonApiError",
      message: "The definition has 1 problem.",
      code: "definition_invalid",
      status: 422,
      retryable: false,
      traceId: "trace-1",
      errors,
    });
    expect(server.requests[0]?.headers["content-type"]).toBe("application/yaml");
  });

  test("say which address did not answer", async () => {
    const port = await closedPort();
    const away = createBatonClient({ server: `http://127.0.0.1:${port}`, backoff: () => 0 });
    await expect(away.workers()).rejects.toMatchObject({
      code: "unreachable",
      status: 0,
      retryable: true,
      message: expect.stringMatching(new RegExp(`^http://127\\.0\\.0\\.1:${port} cannot be reached: .*ECONNREFUSED`)),
    });
  });

  test("say when something else than a Baton API answers", async () => {
    server.on("GET /v1/queues", { status: 418, text: "<html>" });
    await expect(baton.queues()).rejects.toMatchObject({ code: "response_invalid", status: 418, retryable: false });
    server.on("GET /v1/queues", { json: { items: [{ name: 1 }] } });
    await expect(baton.queues()).rejects.toMatchObject({
      code: "response_invalid",
      message: expect.stringContaining("/items/0/name"),
    });
  });

  test("are thrown when an answer takes too long", async () => {
    server.on("GET /v1/queues", { stream: () => undefined });
    const hasty = createBatonClient({ server: server.url, timeoutMs: 50, retries: 0 });
    await expect(hasty.queues()).rejects.toMatchObject({
      code: "unreachable",
      message: `${server.url} did not respond within 0.05 s`,
    });
  });

  test("that pass are tried again where twice does no harm, as often as allowed", async () => {
    server.on("GET /v1/queues", (_exchange, time) =>
      time < 3
        ? problem({ status: 503, code: "redis_unavailable", detail: "Redis is away." })
        : { json: { items: [] } },
    );
    expect(await baton.queues()).toEqual({ items: [] });
    server.on("GET /v1/workers", problem({ status: 503, code: "redis_unavailable", detail: "Redis is away." }));
    await expect(baton.workers()).rejects.toMatchObject({ code: "redis_unavailable", message: "Redis is away." });
    expect(server.requests).toHaveLength(6);
  });

  test("leave an abort what it is", async () => {
    server.on("GET /v1/queues", { stream: () => undefined });
    await expect(baton.queues({ signal: AbortSignal.abort("stop") })).rejects.toBe("stop");
  });
});

describe("addresses", () => {
  test("keep the path in front of /v1", async () => {
    server.on("GET /baton/v1/workers", { json: { items: [] } });
    expect(await createBatonClient({ server: `${server.url}/baton` }).workers()).toEqual({ items: [] });
  });

  test("must be of http", () => {
    expect(() => createBatonClient({ server: "redis://x" })).toThrow("must begin with http:// or https://");
  });

  test("ask for the form of a graph by its media type", async () => {
    server.on(`GET /v1/runs/${RUN_ID}/graph`, ({ headers }) => ({ text: `as ${headers.accept}` }));
    expect(await baton.runs.draw(RUN_ID, "mermaid")).toBe("as text/vnd.mermaid");
    expect(await baton.runs.draw(RUN_ID, "svg")).toBe("as image/svg+xml");
  });

  test("tell whether a registered version is new", async () => {
    const stored = { name: "hello", version: "1.0.0", hash: "f".repeat(64), problems: [] };
    server.on("POST /v1/workflows", (_exchange, time) => ({ status: time === 1 ? 201 : 200, json: stored }));
    const text = { text: "{}", format: "json" } as const;
    expect(await baton.workflows.register(text)).toEqual({ ...stored, isNew: true });
    expect(await baton.workflows.register(text)).toEqual({ ...stored, isNew: false });
  });
});

/** A port that nobody listens on. */
function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
