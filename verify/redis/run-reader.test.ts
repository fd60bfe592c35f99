import { BatonError, type RunId } from "@batonrun/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisRunReader } from "../../packages/core/src/redis/run-reader.js";
import { newRunId } from "../../packages/core/src/run/new-run-id.js";
import { type TestRedis, testRedis } from "../support/redis.js";

let redis: TestRedis;
let clockMs = 1_700_000_000_000;
const hash = "a".repeat(64);

beforeAll(() => {
  redis = testRedis();
});
afterAll(() => redis.close());

interface StoredRun {
  readonly workflow?: string;
  readonly status?: string;
  readonly tags?: readonly string[];
  readonly createdAt?: number;
}

/** Writes a run as the scripts write it: the hash and its index entries. */
async function storeRun({
  workflow = "demo",
  status = "running",
  tags = [],
  createdAt,
}: StoredRun = {}): Promise<RunId> {
  clockMs += 10;
  const at = createdAt ?? clockMs;
  const id = newRunId(at, Math.random);
  const { keys, client } = redis;
  const fields = {
    status,
    definition: hash,
    format: 1,
    workflow,
    version: "1.0.0",
    priority: 0,
    tags: JSON.stringify(tags),
    createdAt: at,
    startedAt: at + 1,
    deadlineAt: at + 1000,
    maxParallel: 10,
    busy: 0,
    left: 1,
    seq: 0,
    retentionMs: 1,
  };
  const pipeline = client.pipeline().hset(keys.run(id).run, fields).zadd(keys.runs, at, id);
  pipeline.zadd(keys.runsOfWorkflow(workflow), at, id);
  // The status is checked against the type by the reader, which is what these tests are about.
  pipeline.zadd(`${keys.tag}:runs:status:${status}`, at, id);
  for (const tag of tags) pipeline.zadd(keys.runsOfTag(tag), at, id);
  await pipeline.exec();
  return id;
}

describe("a run", () => {
  test("is read with its times as numbers and without what is not set", async () => {
    const id = await storeRun({ tags: ["a"] });
    const run = await redisRunReader(redis).run(id);
    expect(run).toMatchObject({ id, status: "running", tags: ["a"], format: 1, seq: 0 });
    expect(run).not.toHaveProperty("endedAt");
  });

  test("that is not there is null", async () => {
    expect(await redisRunReader(redis).run(newRunId(1, Math.random))).toBeNull();
  });

  test("has documents, wherever their size put them", async () => {
    const id = await storeRun();
    const { out, big } = redis.keys.run(id);
    await redis.client.hset(out, { _input: '{"a":1}', _output: "@7" });
    await redis.client.hset(big, { _output: '"large"' });
    const reader = redisRunReader(redis);
    expect(await reader.document(id, "_input")).toBe('{"a":1}');
    expect(await reader.document(id, "_output")).toBe('"large"');
  });
});

describe("steps", () => {
  test("come in the order asked for, null where nothing is known", async () => {
    const id = await storeRun();
    await redis.client.hset(redis.keys.run(id).steps, { b: '{"s":"completed","a":1}' });
    const steps = await redisRunReader(redis).steps(id, ["a", "b"], 0);
    expect(steps.map(({ instance, record }) => [instance, record?.s ?? null])).toEqual([
      ["a", null],
      ["b", "completed"],
    ]);
  });

  test("give results within the budget, in order, and say what was left out", async () => {
    const id = await storeRun();
    const { out, big } = redis.keys.run(id);
    await redis.client.hset(out, { a: '"1234"', b: "@100", c: '"12"' });
    await redis.client.hset(big, { b: `"${"x".repeat(98)}"` });
    const steps = await redisRunReader(redis).steps(id, ["a", "b", "c", "d"], 20);
    expect(steps.map(({ result, omitted }) => result ?? omitted ?? null)).toEqual(['"1234"', true, '"12"', null]);
    const all = await redisRunReader(redis).steps(id, ["a", "b", "c"], 1_000);
    expect(all[1]?.result).toHaveLength(100);
  });

  test("of many chunks share one budget", async () => {
    const id = await storeRun();
    const names = Array.from({ length: 450 }, (_, index) => `s${index}`);
    await redis.client.hset(redis.keys.run(id).out, Object.fromEntries(names.map((name) => [name, '"12345678"'])));
    const steps = await redisRunReader(redis).steps(id, names, 4_300);
    expect(steps.filter(({ result }) => result !== undefined)).toHaveLength(430);
    expect(steps.filter(({ omitted }) => omitted)).toHaveLength(20);
  });

  test("are those of the current generation", async () => {
    const id = await storeRun();
    const { run, steps, out } = redis.keys.run(id);
    await redis.client.hset(run, { generations: 1 });
    await redis.client.hset(steps, { a: '{"s":"failed"}', "a#2": '{"s":"completed"}', "g:a": 2, b: '{"s":"running"}' });
    await redis.client.hset(out, { a: '"old"', "a#2": '"new"' });
    const [a, b] = await redisRunReader(redis).steps(id, ["a", "b"], 100);
    expect(a).toMatchObject({ generation: 2, record: { s: "completed" }, result: '"new"' });
    expect(b).toMatchObject({ generation: 0, record: { s: "running" } });
  });
});

test("counters tell a container that was entered from one that was not", async () => {
  const id = await storeRun();
  await redis.client.hset(redis.keys.run(id).steps, {
    "n:m": 3,
    "i:m": 2,
    "a:m": -2,
    "f:m": 1,
    "case:r": "else",
    "n:r": 1,
  });
  const counters = await redisRunReader(redis).counters(id, ["m", "r", "x"]);
  expect(counters.get("m")).toEqual({ total: 3, entered: 2, arrived: -2, failed: 1, skipped: 0, case: null });
  expect(counters.get("r")?.case).toBe("else");
  expect(counters.get("x")?.total).toBeNull();
});

test("events are read from behind a seq, with their times as text", async () => {
  const id = await storeRun();
  const { events } = redis.keys.run(id);
  await redis.client.xadd(events, "1-0", "type", "run_started", "at", clockMs, "actor", "me");
  await redis.client.xadd(
    events,
    "2-0",
    "type",
    "step_started",
    "at",
    clockMs,
    "step",
    "a",
    "attempt",
    1,
    "data",
    '{"x":1}',
  );
  const reader = redisRunReader(redis);
  const at = new Date(clockMs).toISOString();
  expect(await reader.events(id, 1, 10)).toEqual([
    { seq: 2, type: "step_started", at, step: "a", attempt: 1, data: { x: 1 } },
  ]);
  expect(await reader.events(id, 0, 1)).toEqual([{ seq: 1, type: "run_started", at, actor: "me" }]);
});

describe("a list of runs", () => {
  test("is newest first and goes on behind its cursor, though new runs come", async () => {
    const workflow = "paged";
    const ids: RunId[] = [];
    for (let n = 0; n < 5; n++) ids.push(await storeRun({ workflow }));
    const reader = redisRunReader(redis);
    const first = await reader.list({ workflow, limit: 2 });
    await storeRun({ workflow });
    const second = await reader.list({ workflow, limit: 2, cursor: first.nextCursor ?? "" });
    const third = await reader.list({ workflow, limit: 2, cursor: second.nextCursor ?? "" });
    const listed = [first, second, third].flatMap(({ items }) => items.map(({ id }) => id));
    expect(listed).toEqual([...ids].reverse());
    expect(third.nextCursor).toBeUndefined();
  });

  test("gives runs of one millisecond once each", async () => {
    const workflow = "crowded";
    const createdAt = clockMs;
    await Promise.all(Array.from({ length: 450 }, () => storeRun({ workflow, createdAt })));
    const reader = redisRunReader(redis);
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await reader.list({ workflow, limit: 100, ...(cursor !== undefined && { cursor }) });
      for (const { id } of page.items) seen.add(id);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen.size).toBe(450);
  });

  test("keeps to all of its filters", async () => {
    const workflow = "filtered";
    const wanted = await storeRun({ workflow, status: "completed", tags: ["x"] });
    await storeRun({ workflow, status: "failed", tags: ["x"] });
    await storeRun({ workflow, status: "completed", tags: ["y"] });
    await storeRun({ workflow: "other", status: "completed", tags: ["x"] });
    const page = await redisRunReader(redis).list({ workflow, status: "completed", tag: "x", limit: 10 });
    expect(page.items.map(({ id }) => id)).toEqual([wanted]);
  });

  test("is bounded by time, both ends excluded", async () => {
    const workflow = "timed";
    const from = clockMs + 1_000;
    for (const after of [0, 1, 2]) await storeRun({ workflow, createdAt: from + after });
    const page = await redisRunReader(redis).list({ workflow, after: from, before: from + 2, limit: 10 });
    expect(page.items.map(({ createdAt }) => createdAt)).toEqual([new Date(from + 1).toISOString()]);
  });

  test("looks at 2,000 entries a call and then gives a cursor on a short page", async () => {
    const workflow = "long";
    const tags = ["common"];
    const first = await storeRun({ workflow, status: "failed", tags });
    await Promise.all(Array.from({ length: 2_100 }, () => storeRun({ workflow, tags })));
    // Both indexes that are named hold all of them, so that the first run is behind 2,100 others.
    await redis.client.zadd(
      redis.keys.runsOfStatus("failed"),
      ...Array.from({ length: 2_200 }, () => newRunId(1, Math.random)).flatMap((id) => [1, id]),
    );
    const reader = redisRunReader(redis);
    const short = await reader.list({ workflow, status: "failed", limit: 5 });
    expect(short.items).toEqual([]);
    const rest = await reader.list({ workflow, status: "failed", limit: 5, cursor: short.nextCursor ?? "" });
    expect(rest.items.map(({ id }) => id)).toEqual([first]);
    expect(rest.nextCursor).toBeUndefined();
  });

  test("leaves out a run that is gone though an index still names it", async () => {
    const workflow = "swept";
    const id = await storeRun({ workflow });
    await redis.client.del(redis.keys.run(id).run);
    expect(await redisRunReader(redis).list({ workflow, limit: 5 })).toEqual({ items: [] });
  });

  test.each(["", "x", Buffer.from('{"score":1}').toString("base64url")])("refuses the cursor %j", async (cursor) => {
    const listed = redisRunReader(redis).list({ limit: 5, cursor });
    await expect(listed).rejects.toThrow(BatonError);
    await expect(listed).rejects.toMatchObject({ code: "cursor_invalid" });
  });
});
