import { DefinitionHash } from "@batonrun/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { redisDefinitionStore } from "../../packages/core/src/redis/stores/definition-store.js";
import { type TestRedis, testRedis } from "../support/redis.js";

let redis: TestRedis;
const one = DefinitionHash.parse("1".repeat(64));
const two = DefinitionHash.parse("2".repeat(64));

beforeAll(() => {
  redis = testRedis();
});
afterAll(() => redis.close());

test("a sweep knows which definitions are registered: those it keeps", async () => {
  const store = redisDefinitionStore(redis);
  await store.register({ name: "demo", version: "1.0.0", hash: one }, '{"a":1}');
  await store.put(two, '{"b":1}');
  expect(await redis.client.smembers(redis.keys.registeredDefinitions)).toEqual([one]);
});

test("a version, which never changes, is read once", async () => {
  const store = redisDefinitionStore(redis);
  await store.register({ name: "known", version: "1.0.0", hash: one }, "{}");
  const first = await store.version("known", "1.0.0");
  await redis.client.del(redis.keys.workflow("known"));
  expect(await store.version("known", "1.0.0")).toEqual(first);
  expect(await redisDefinitionStore(redis).version("known", "1.0.0")).toBeNull();
});
