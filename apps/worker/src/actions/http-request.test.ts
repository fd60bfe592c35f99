import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { httpRequest } from "./http-request.js";
import { attempt } from "./testing/attempt.js";
import { type LocalServer, startServer } from "./testing/local-server.js";

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: LocalServer;
let stranger: LocalServer;

const answers: Readonly<Record<string, Answer>> = {
  "/json": (_request, response) =>
    response.setHeader("content-type", "application/json; charset=utf-8").end('{"ok":true}'),
  "/problem": (_request, response) =>
    response.setHeader("content-type", "application/problem+json").end('{"title":"no"}'),
  "/broken-json": (_request, response) => response.setHeader("content-type", "application/json").end("{"),
  "/text": (_request, response) =>
    response.setHeader("content-type", "text/plain; charset=iso-8859-1").end(Buffer.from([0x63, 0xe9])),
  "/binary": (_request, response) => response.setHeader("content-type", "image/png").end(Buffer.from([0x89, 0x50])),
  "/empty": (_request, response) => response.writeHead(204).end(),
  "/long": (_request, response) => response.end("x".repeat(1_000_001)),
  "/full": (_request, response) => response.end("x".repeat(1_000_000)),
  "/bomb": (_request, response) =>
    response.setHeader("content-encoding", "gzip").end(gzipSync(Buffer.alloc(50_000_000))),
  "/hang": () => undefined,
  "/cut": (request) => request.socket.destroy(),
  "/loop": (_request, response) => response.writeHead(302, { location: "/loop" }).end(),
  "/see-other": (_request, response) => response.writeHead(303, { location: "/echo" }).end(),
  "/keep": (_request, response) => response.writeHead(307, { location: "/echo" }).end(),
  "/away": (_request, response) =>
    response.writeHead(307, { location: `http://127.0.0.1:${stranger.port}/echo` }).end(),
  "/bad-location": (_request, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end(),
  "/echo": echo,
};

function echo(request: IncomingMessage, response: ServerResponse, body: string): void {
  const seen = { method: request.method, url: request.url, headers: request.headers, body };
  response.setHeader("content-type", "application/json").end(JSON.stringify(seen));
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const path = new URL(request.url ?? "/", "http://server").pathname;
  const status = /^\/status\/(\d+)$/.exec(path)?.[1];
  if (status !== undefined) response.writeHead(Number(status), { "retry-after": "7" }).end("sorry");
  else answers[path]?.(request, response, Buffer.concat(chunks).toString());
}

beforeAll(async () => {
  server = await startServer((request, response) => void answer(request, response), "127.0.0.1");
  stranger = await startServer((request, response) => void answer(request, response), "127.0.0.1");
});

afterAll(async () => {
  await server.close();
  await stranger.close();
});

const request = httpRequest({ allowPrivate: ["127.0.0.1"] });
const call = (path: string, more: object = {}): Promise<unknown> =>
  attempt(request, { url: server.url + path, ...more });

describe("http.request, answers", () => {
  test.each([
    ["/json", { ok: true }, "json"],
    ["/problem", { title: "no" }, "json"],
    ["/broken-json", "{", "text"],
    ["/text", "cé", "text"],
    ["/binary", "iVA=", "base64"],
    ["/empty", null, "none"],
  ])("gives the body of %s as %j", async (path, body, bodyEncoding) => {
    expect(await call(path)).toMatchObject({ url: server.url + path, body, bodyEncoding });
  });

  test("gives status and headers", async () => {
    expect(await call("/json")).toMatchObject({
      status: 200,
      headers: { "content-type": "application/json; charset=utf-8" },
    });
  });

  test("takes 1 MB and refuses a byte more, packed or not", async () => {
    expect(await call("/full")).toMatchObject({ status: 200 });
    await expect(call("/long")).rejects.toMatchObject({ type: "limit", retryable: false });
    await expect(call("/bomb")).rejects.toMatchObject({ type: "limit", retryable: false });
  });
});

describe("http.request, requests", () => {
  test("sends method, query, headers and JSON", async () => {
    const result = await call("/echo?a=1", {
      method: "PUT",
      query: { b: 2, list: ["x", "y z"] },
      headers: { "X-Trace": "t1" },
      json: { n: 1 },
    });
    expect(result).toMatchObject({
      body: {
        method: "PUT",
        url: "/echo?a=1&b=2&list=x&list=y+z",
        headers: { "x-trace": "t1", "content-type": "application/json", "user-agent": "baton" },
        body: '{"n":1}',
      },
    });
  });

  test("sends the step's idempotency key with what changes something, and only with that", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      expect(await call("/echo", { method })).toMatchObject({
        body: { headers: { "idempotency-key": "run-1:step-1" } },
      });
    }
    expect(await call("/echo")).not.toHaveProperty("body.headers.idempotency-key");
  });

  test("lets the author's own headers win", async () => {
    const headers = { "Idempotency-Key": "mine", "Content-Type": "application/vnd.api+json" };
    expect(await call("/echo", { method: "POST", json: {}, headers })).toMatchObject({
      body: { headers: { "idempotency-key": "mine", "content-type": "application/vnd.api+json" } },
    });
  });

  test.each([
    [{ body: "a", json: {}, method: "POST" }, "not both"],
    [{ body: "a" }, "cannot have a body"],
    [{ headers: { Host: "internal" } }, "set by the client"],
    [{ method: "TRACE" }, "/method"],
    [{ timeout: 5 }, "timeout"],
  ])("refuses %j", async (more, reason) => {
    const refused = call("/echo", more);
    await expect(refused).rejects.toMatchObject({ type: "validation", retryable: false });
    await expect(refused).rejects.toThrow(reason);
  });
});

describe("http.request, failures", () => {
  test.each([
    [400, "http_status", false],
    [401, "http_status", false],
    [404, "http_status", false],
    [408, "http_status", true],
    [425, "http_status", true],
    [429, "rate_limited", true],
    [500, "http_status", true],
    [503, "http_status", true],
  ])("fails on status %i with type %s, retryable: %s", async (status, type, retryable) => {
    await expect(call(`/status/${status}`)).rejects.toMatchObject({
      type,
      retryable,
      details: { status, retryAfter: "7", body: "sorry" },
    });
  });

  test("takes any status as a result when asked to", async () => {
    expect(await call("/status/404", { anyStatus: true })).toMatchObject({ status: 404, body: "sorry" });
  });

  test("may be retried when the connection fails", async () => {
    await expect(call("/cut")).rejects.toMatchObject({ type: "connection", retryable: true });
    const unused = await startServer(() => undefined, "127.0.0.1");
    await unused.close();
    await expect(attempt(request, { url: unused.url })).rejects.toMatchObject({ type: "connection", retryable: true });
  });

  test("ends with its signal, and leaves the reason to who aborted", async () => {
    const signal = AbortSignal.timeout(50);
    await expect(attempt(request, { url: `${server.url}/hang` }, { signal })).rejects.toThrow(/timeout|aborted/);
  });

  test("refuses private addresses that the operator has not allowed", async () => {
    const guarded = httpRequest({ allowPrivate: [] });
    await expect(attempt(guarded, { url: server.url })).rejects.toMatchObject({
      type: "blocked_address",
      retryable: false,
    });
  });
});

describe("http.request, redirects", () => {
  const post = { method: "POST", json: { n: 1 }, headers: { authorization: "Bearer s3cret", "x-api-key": "s3cret" } };

  test("turns a POST into a GET where the server says so", async () => {
    expect(await call("/see-other", post)).toMatchObject({
      url: `${server.url}/echo`,
      body: { method: "GET", body: "" },
    });
  });

  test("sends method, body and credentials again within the origin", async () => {
    expect(await call("/keep", post)).toMatchObject({
      body: { method: "POST", body: '{"n":1}', headers: { authorization: "Bearer s3cret", "x-api-key": "s3cret" } },
    });
  });

  test("shows no credentials to another origin", async () => {
    const result = await call("/away", post);
    expect(result).toMatchObject({ url: `http://127.0.0.1:${stranger.port}/echo`, body: { method: "POST" } });
    expect(JSON.stringify(result)).not.toContain("s3cret");
  });

  test("gives up after three", async () => {
    await expect(call("/loop")).rejects.toMatchObject({ type: "too_many_redirects", retryable: false });
  });

  test("follows to http and https only", async () => {
    await expect(call("/bad-location")).rejects.toMatchObject({ type: "validation" });
  });

  test("returns the redirect itself with followRedirects: false", async () => {
    const result = await call("/see-other", { followRedirects: false });
    expect(result).toMatchObject({ status: 303, headers: { location: "/echo" } });
  });
});
