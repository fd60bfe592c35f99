import { gzipSync } from "node:zlib";
import { testRedis } from "@batonrun/verify";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestApi, testApi } from "./testing/test-api.js";

const redis = testRedis();
let api: TestApi;

// Nothing here changes anything, so that one server serves all.
beforeAll(async () => {
  api = await testApi({ redisUrl: redis.url, cell: redis.keys.tag.slice(1, -1) });
});

afterAll(async () => {
  await api.stop();
  await redis.close();
});

const JSON_TYPE = "application/json";
const ID = "01JDK7ZB5TXQ8M4W2Y9V6R3HNC";

interface Wrong {
  readonly what: string;
  readonly path?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  readonly status: number;
  readonly code: string;
}

const deep = (levels: number) => `{"input":${"[".repeat(levels)}${"]".repeat(levels)},"workflow":"hello"}`;
const keys = (count: number) =>
  JSON.stringify({ workflow: "hello", input: Object.fromEntries(Array.from({ length: count }, (_, at) => [at, at])) });

const wrongBodies: readonly Wrong[] = [
  { what: "no JSON", body: "{", status: 400, code: "request_invalid" },
  { what: "an empty body", body: "", status: 400, code: "request_invalid" },
  { what: "a list", body: "[]", status: 400, code: "request_invalid" },
  { what: "null", body: "null", status: 400, code: "request_invalid" },
  { what: "a text", body: '"hello"', status: 400, code: "request_invalid" },
  { what: "nothing in it", body: "{}", status: 400, code: "request_invalid" },
  { what: "an unknown key", body: '{"workflow":"hello","inputs":{}}', status: 400, code: "request_invalid" },
  { what: "both sources", body: '{"workflow":"hello","definition":{}}', status: 400, code: "request_invalid" },
  { what: "a number for a name", body: '{"workflow":7}', status: 400, code: "request_invalid" },
  { what: "a name that is none", body: '{"workflow":"Hello World"}', status: 400, code: "request_invalid" },
  { what: "a version that is none", body: '{"workflow":"hello@"}', status: 400, code: "request_invalid" },
  {
    what: "eleven tags",
    body: '{"workflow":"a","tags":["1","2","3","4","5","6","7","8","9","10","11"]}',
    status: 400,
    code: "request_invalid",
  },
  { what: "a long tag", body: `{"workflow":"a","tags":["${"x".repeat(65)}"]}`, status: 400, code: "request_invalid" },
  { what: "a priority beyond 100", body: '{"workflow":"a","priority":101}', status: 400, code: "request_invalid" },
  { what: "a priority with a fraction", body: '{"workflow":"a","priority":1.5}', status: 400, code: "request_invalid" },
  { what: "a delay in numbers", body: '{"workflow":"a","delay":5}', status: 400, code: "request_invalid" },
  { what: "a delay without a unit", body: '{"workflow":"a","delay":"5"}', status: 400, code: "request_invalid" },
  { what: "a delay of 20 years", body: '{"workflow":"a","delay":"7300d"}', status: 400, code: "request_invalid" },
  { what: "65 levels", body: deep(65), status: 400, code: "request_invalid" },
  { what: "100,000 levels", body: deep(100_000), status: 400, code: "request_invalid" },
  { what: "too many keys", body: keys(100_001).slice(0, 1024 * 1024 - 1), status: 400, code: "request_invalid" },
  { what: "__proto__", body: '{"workflow":"a","input":{"__proto__":{"pw":1}}}', status: 400, code: "request_invalid" },
  { what: "__proto__ at the top", body: '{"workflow":"a","__proto__":{"pw":1}}', status: 400, code: "request_invalid" },
  {
    what: "constructor",
    body: '{"workflow":"a","input":[{"constructor":{"prototype":{"pw":1}}}]}',
    status: 400,
    code: "request_invalid",
  },
  { what: "a number beyond doubles", body: '{"workflow":"a","input":1e999}', status: 400, code: "request_invalid" },
  { what: "NaN", body: '{"workflow":"a","input":NaN}', status: 400, code: "request_invalid" },
  {
    what: "bytes that are not UTF-8",
    body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
    status: 400,
    code: "request_invalid",
  },
  {
    what: "more than 1 MB",
    body: `{"workflow":"a","input":"${"x".repeat(1024 * 1024)}"}`,
    status: 413,
    code: "payload_too_large",
  },
  { what: "plain text", type: "text/plain", body: "{}", status: 415, code: "unsupported_media_type" },
  { what: "YAML", type: "application/yaml", body: "workflow: hello", status: 415, code: "unsupported_media_type" },
  {
    what: "a form",
    type: "application/x-www-form-urlencoded",
    body: "workflow=hello",
    status: 415,
    code: "unsupported_media_type",
  },
  {
    what: "another charset",
    type: "application/json; charset=utf-16",
    body: "{}",
    status: 415,
    code: "unsupported_media_type",
  },
  {
    what: "an unknown encoding",
    headers: { "Content-Encoding": "zip" },
    body: "{}",
    status: 415,
    code: "unsupported_media_type",
  },
  {
    what: "gzip that is none",
    headers: { "Content-Encoding": "gzip" },
    body: "{}",
    status: 400,
    code: "request_invalid",
  },
  {
    what: "a gzip bomb",
    headers: { "Content-Encoding": "gzip" },
    body: gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20)),
    status: 413,
    code: "payload_too_large",
  },
  {
    what: "an idempotency key with spaces",
    headers: { "Idempotency-Key": "a b" },
    body: '{"workflow":"a"}',
    status: 400,
    code: "request_invalid",
  },
  {
    what: "a long idempotency key",
    headers: { "Idempotency-Key": "x".repeat(256) },
    body: '{"workflow":"a"}',
    status: 400,
    code: "request_invalid",
  },
  { what: "a query", path: "/v1/runs?dry=true", body: '{"workflow":"a"}', status: 400, code: "request_invalid" },
  { what: "an empty batch", path: "/v1/runs/batch", body: '{"runs":[]}', status: 400, code: "request_invalid" },
  { what: "a batch that is a list", path: "/v1/runs/batch", body: "[]", status: 400, code: "request_invalid" },
  {
    what: "an unknown key to cancel",
    path: `/v1/runs/${ID}/cancel`,
    body: '{"because":"x"}',
    status: 400,
    code: "request_invalid",
  },
  {
    what: "a definition as plain text",
    path: "/v1/workflows",
    type: "text/plain",
    body: "a: 1",
    status: 415,
    code: "unsupported_media_type",
  },
  {
    what: "a definition of 4 MB and more",
    path: "/v1/workflows",
    type: "text/yaml",
    body: `# ${"x".repeat(4 * 1024 * 1024)}`,
    status: 413,
    code: "payload_too_large",
  },
  {
    what: "a definition that is empty",
    path: "/v1/workflows",
    type: "text/yaml",
    body: "# nothing",
    status: 422,
    code: "definition_invalid",
  },
  {
    what: "a definition that is no YAML",
    path: "/v1/workflows",
    type: "text/yaml",
    body: "a: [",
    status: 422,
    code: "definition_invalid",
  },
  {
    what: "a definition of 100,000 levels",
    path: "/v1/workflows",
    type: JSON_TYPE,
    body: "[".repeat(100_000),
    status: 422,
    code: "definition_invalid",
  },
  {
    what: "a definition with __proto__",
    path: "/v1/workflows",
    type: JSON_TYPE,
    body: '{"apiVersion":"baton/v1","name":"a","version":"1.0.0","vars":{"__proto__":{"pw":1}},"steps":{"a":{"action":"core.noop"}}}',
    status: 422,
    code: "definition_invalid",
  },
  {
    what: "a YAML bomb",
    path: "/v1/workflows",
    type: "text/yaml",
    body: yamlBomb(),
    status: 422,
    code: "definition_invalid",
  },
  {
    what: "a tag that runs code",
    path: "/v1/workflows",
    type: "text/yaml",
    body: 'a: !!js/function "function(){}"',
    status: 422,
    code: "definition_invalid",
  },
];

describe("a wrong body is refused", () => {
  test.each(wrongBodies)(
    "$what: $status $code",
    async ({ path = "/v1/runs", type = JSON_TYPE, headers = {}, body, status, code }) => {
      const startedAt = performance.now();
      const refused = await send(path, { ...headers, "Content-Type": type }, body);
      expect([refused.status, refused.body.code]).toEqual([status, code]);
      expect(refused.headers["content-type"]).toContain("application/problem+json");
      expect(refused.body).toMatchObject({
        status,
        title: expect.any(String),
        retryable: false,
        errors: expect.any(Array),
      });
      expect(refused.text).not.toMatch(/node_modules|\.ts:\d|at Object\./);
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      expect(({} as { pw?: unknown }).pw).toBeUndefined();
    },
  );
});

function send(path: string, headers: Readonly<Record<string, string>>, body: string | Buffer) {
  const sent = request(api.app).post(path).set(headers);
  // superagent would make JSON of a Buffer; what is written to the request itself goes as it is.
  sent.write(body);
  return sent;
}

const wrongQueries: readonly (readonly [string, string])[] = [
  ["/v1/runs?limit=0", "/query/limit"],
  ["/v1/runs?limit=201", "/query/limit"],
  ["/v1/runs?limit=ten", "/query/limit"],
  ["/v1/runs?limit=1.5", "/query/limit"],
  ["/v1/runs?limit=5&limit=6", "/query/limit"],
  ["/v1/runs?status=done", "/query/status"],
  ["/v1/runs?state=failed", "/query/state"],
  ["/v1/runs?after=yesterday", "/query/after"],
  ["/v1/runs?after=1763712000000", "/query/after"],
  ["/v1/runs?filter[status]=failed", "/query/filter[status]"],
  ["/v1/runs?__proto__=1", "/query/__proto__"],
  ["/v1/runs?a[__proto__][x]=1", "/query/a[__proto__][x]"],
  ["/v1/workflows?q=x", "/query/q"],
  ["/v1/workers?limit=1", "/query/limit"],
  [`/v1/runs/${ID}/graph?format=png`, "/query/format"],
  [`/v1/runs/${ID}/events?after=-1`, "/query/after"],
  [`/v1/runs/${ID}/steps?status=done`, "/query/status"],
];

test.each(wrongQueries)("GET %s is refused and names %s", async (path, pointer) => {
  const refused = await request(api.app).get(path);
  expect([refused.status, refused.body.code]).toEqual([400, "request_invalid"]);
  expect(refused.body.errors).toContainEqual(expect.objectContaining({ pointer }));
});

test.each(["x", "e30", "%00", "eyJzY29yZSI6LTF9"])("the cursor %s is refused", async (cursor) => {
  for (const list of ["/v1/runs", "/v1/runs?status=failed"]) {
    const refused = await request(api.app).get(`${list}${list.includes("?") ? "&" : "?"}cursor=${cursor}`);
    expect([refused.status, refused.body.code]).toEqual([400, "cursor_invalid"]);
  }
});

test.each([
  ["/v1/runs/%", 400],
  ["/v1/runs/%00", 404],
  ["/v1/runs/..%2f..%2fetc", 404],
  [`/v1/runs/${ID.toLowerCase()}`, 404],
  [`/v1/runs/${ID}`, 404],
  [`/v1/runs/${ID}/steps/${"a".repeat(600)}`, 404],
  [`/v1/runs/${ID};a=b`, 404],
])("GET %s is %i", async (path, status) => {
  expect((await request(api.app).get(path)).status).toBe(status);
});

test.each(["-1", "abc", "1 2", "9".repeat(16)])("Last-Event-ID %s is refused", async (id) => {
  const path = `/v1/runs/${ID}/events`;
  const refused = await request(api.app).get(path).set("Last-Event-ID", id).set("Accept", "text/event-stream");
  expect([refused.status, refused.body.errors[0]?.pointer]).toEqual([400, "/headers/Last-Event-ID"]);
});

function yamlBomb(): string {
  const levels = "abcdefghi".split("");
  const lines = levels.map((name, at) => {
    const before = at === 0 ? '"lol"' : `*${levels[at - 1]}`;
    return `${name}: &${name} [${Array.from({ length: 9 }, () => before).join(", ")}]`;
  });
  return lines.join("\n");
}
