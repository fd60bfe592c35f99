import { ProblemDocument } from "@batonrun/contract";
import { testRedis } from "@batonrun/verify";
import fc from "fast-check";
import request from "supertest";
import { expect, onTestFinished, test } from "vitest";
import { endpointsOf } from "./app.js";
import { testApi } from "./testing/test-api.js";

const RUNS = 400;

async function setup() {
  const redis = testRedis();
  const api = await testApi({ redisUrl: redis.url, cell: redis.keys.tag.slice(1, -1) });
  onTestFinished(async () => {
    await api.stop();
    await redis.close();
  });
  return { api, url: await api.listen() };
}

/** A value for a path parameter or a query parameter. */
const segment = fc.oneof(
  fc.constantFrom(
    "01JDK7ZB5TXQ8M4W2Y9V6R3HNC",
    "hello",
    "1.0.0",
    "__proto__",
    "..",
    "%00",
    "%2e%2e",
    "a;b",
    "constructor",
  ),
  fc.string({ maxLength: 40, unit: "binary" }).map(encodeSafely),
);

const body = fc.oneof(
  fc.json({ maxDepth: 5 }),
  fc.string({ maxLength: 200, unit: "binary" }),
  fc
    .record(
      {
        workflow: fc.oneof(fc.constant("hello"), fc.anything()),
        definition: fc.anything(),
        input: fc.anything(),
        tags: fc.anything(),
        priority: fc.anything(),
        delay: fc.anything(),
        runs: fc.array(fc.anything(), { maxLength: 3 }),
        reason: fc.anything(),
        apiVersion: fc.constant("baton/v1"),
        steps: fc.anything(),
      },
      { requiredKeys: [] },
    )
    .map((value) => stringify(value)),
);

const contentType = fc.constantFrom(
  "application/json",
  "application/yaml",
  "text/plain",
  "application/json;charset=latin1",
  "a",
);

function encodeSafely(text: string): string {
  // A lone surrogate cannot be encoded at all.
  return encodeURIComponent(text.replaceAll(/[\ud800-\udfff]/g, "?"));
}

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    // A BigInt or a cycle, which JSON has no word for.
    return "null";
  }
}

test("whatever is asked, the answer is no failure, and every refusal is a problem", async () => {
  const { api, url } = await setup();
  const declarations = endpointsOf(api.dependencies).map(({ declaration }) => declaration);
  const attempt = fc.record({
    declaration: fc.constantFrom(...declarations),
    segments: fc.array(segment, { minLength: 3, maxLength: 3 }),
    query: fc.dictionary(
      fc.constantFrom("limit", "cursor", "status", "after", "format", "x", "__proto__"),
      fc.string(),
      {
        maxKeys: 2,
      },
    ),
    body,
    contentType,
  });
  await fc.assert(
    fc.asyncProperty(attempt, async ({ declaration, segments, query, body, contentType }) => {
      const path = segments.reduce((left, each) => left.replace(/\{[a-z]+\}/, () => each), declaration.path as string);
      const address = `${url}${path}?${new URLSearchParams(query)}`;
      const sent = declaration.method === "get" ? { method: "GET" } : { method: "POST", body };
      const answer = await fetch(address, { ...sent, headers: { "Content-Type": contentType } });
      const text = await answer.text();
      expect(answer.status, `${declaration.method} ${address} ${text}`).toBeLessThan(500);
      if (answer.status >= 400) ProblemDocument.parse(JSON.parse(text));
    }),
    { numRuns: RUNS },
  );
  expect((await request(url).get("/readyz")).status).toBe(200);
  expect(Object.keys(Object.prototype)).toEqual([]);
}, 60_000);
