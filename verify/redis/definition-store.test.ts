import { DefinitionHash } from "@batonrun/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { redisDefinitionStore } from "../../packages/core/src/redis/definition-store.js";
import { type TestRedis, testRedis } from "../support/redis.js";

let redis: TestRedis;
const one = DefinitionHash.parse("1".repeat(64));
const two = DefinitionHash.parse("2".repeat(64));

beforeAll(() => {
  redis = testRedis();
});
afterAll(() => redis.close());

test("a version is created once, unchanged by the same content and refused with other content", async () => {
  const store = redisDefinitionStore(redis);
  const version = { name: "demo", version: "1.0.0" };
  expect(await store.register({ ...version, hash: one }, '{"a":1}')).toBe("created");
  expect(await store.register({ ...version, hash: one }, '{"a":1}')).toBe("unchanged");
  expect(await store.register({ ...version, hash: two }, '{"a":2}')).toBe("conflict");
  expect(await store.get(one)).toBe('{"a":1}');
  expect(await store.get(two)).toBeNull();
  expect(await store.version("demo", "1.0.0")).toMatchObject({ ...version, hash: one, createdAt: expect.any(Number) });
  expect(await redis.client.sismember(redis.keys.registeredDefinitions, one)).toBe(1);
});

test("of registrations at once with other content exactly one is taken", async () => {
  const store = redisDefinitionStore(redis);
  const outcomes = await Promise.all(
    [one, two].map((hash) => store.register({ name: "race", version: "1.0.0", hash }, hash)),
  );
  expect(outcomes.toSorted()).toEqual(["conflict", "created"]);
});

test("versions are listed by semver, the newest first", async () => {
  const store = redisDefinitionStore(redis);
  for (const version of ["1.9.0", "1.10.0", "2.0.0-beta.1", "1.2.0"]) {
    await store.register({ name: "sorted", version, hash: one }, "{}");
  }
  const versions = await store.versions("sorted");
  expect(versions.map(({ version }) => version)).toEqual(["2.0.0-beta.1", "1.10.0", "1.9.0", "1.2.0"]);
  expect(await store.versions("unknown")).toEqual([]);
  expect(await store.version("sorted", "9.9.9")).toBeNull();
});

test("names are paged in order of the alphabet", async () => {
  const world = testRedis();
  const store = redisDefinitionStore(world);
  for (const name of ["b", "a", "c"]) await store.register({ name, version: "1.0.0", hash: one }, "{}");
  const first = await store.names(2);
  expect(first.items).toEqual(["a", "b"]);
  expect(await store.names(2, first.nextCursor)).toEqual({ items: ["c"] });
  await expect(store.names(2, "nonsense")).rejects.toMatchObject({ code: "cursor_invalid" });
  await world.close();
});

test("an ad hoc definition is kept by its hash", async () => {
  const store = redisDefinitionStore(redis);
  await store.put(two, '{"b":1}');
  expect(await store.get(two)).toBe('{"b":1}');
});
