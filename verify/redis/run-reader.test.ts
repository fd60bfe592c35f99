import type { RunId } from "@batonrun/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisRunReader } from "../../packages/core/src/redis/stores/run-reader.js";
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
  readonly status?: "running" | "failed" | "completed";
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
    ...(status !== "running" && { endedAt: at + 2 }),
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

test("results of many chunks share one budget", async () => {
  const id = await storeRun();
  const names = Array.from({ length: 450 }, (_, index) => `s${index}`);
  await redis.client.hset(redis.keys.run(id).out, Object.fromEntries(names.map((name) => [name, '"12345678"'])));
  const steps = await redisRunReader(redis).steps(id, names, 4_300);
  expect(steps.filter(({ result }) => result !== undefined)).toHaveLength(430);
  expect(steps.filter(({ omitted }) => omitted)).toHaveLength(20);
});

test("steps are those of the current generation also where others have none", async () => {
  const id = await storeRun();
  const { run, steps, out } = redis.keys.run(id);
  await redis.client.hset(run, { generations: 1 });
  await redis.client.hset(steps, { a: '{"s":"failed"}', "a#2": '{"s":"completed"}', "g:a": 2, b: '{"s":"running"}' });
  await redis.client.hset(out, { a: '"old"', "a#2": '"new"' });
  const [a, b] = await redisRunReader(redis).steps(id, ["a", "b"], 100);
  expect(a).toMatchObject({ generation: 2, record: { s: "completed" }, result: '"new"' });
  expect(b).toMatchObject({ generation: 0, record: { s: "running" } });
});

describe("a list of runs", () => {
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

  test("looks at 2,000 entries per call and then gives a cursor on a short page (LR1)", async () => {
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
});
