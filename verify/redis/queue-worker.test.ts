import { Queue } from "bullmq";
import { afterEach, beforeEach, expect, test } from "vitest";
import { JobHandoff } from "../../packages/core/src/bullmq/job-handoff.js";
import {
  type ActiveJob,
  type JobEnd,
  type QueueWorker,
  startQueueWorker,
} from "../../packages/core/src/bullmq/queue-worker.js";
import { fetchStep } from "../../packages/core/src/redis/transitions.js";
import { systemClock } from "../../packages/core/src/system-clock.js";
import { type TestRedis, testRedis } from "../support/redis.js";

const QUEUE = "probe";
let redis: TestRedis;
let queue: Queue;
let worker: QueueWorker | undefined;
let handoff: JobHandoff;
let fetched: number;
let errors: unknown[];

beforeEach(() => {
  redis = testRedis();
  queue = new Queue(QUEUE, { connection: redis.client, prefix: redis.keys.queues });
  [handoff, fetched, errors] = [new JobHandoff(), 0, []];
});

afterEach(async () => {
  await worker?.close();
  await queue.close();
  await redis.close();
});

function fetchJob(token: string): Promise<unknown> {
  const { client, keys } = redis;
  return fetchStep({ client, keys, handoff, lockDurationMs: 30_000 }, { queue: QUEUE, token });
}

/** Resolves with the ids of the jobs in the order in which they were processed, when there were as many. */
function processed(count: number, process: (job: ActiveJob) => Promise<JobEnd>): Promise<readonly string[]> {
  const ids: string[] = [];
  return new Promise((resolve) => {
    worker = startQueueWorker({
      queue: QUEUE,
      prefix: redis.keys.queues,
      connection: redis.client.duplicate({ maxRetriesPerRequest: null }),
      concurrency: 1,
      lockDurationMs: 30_000,
      stalledIntervalMs: 30_000,
      handoff,
      fetch: ({ token }) => {
        fetched += 1;
        return fetchJob(token);
      },
      process: async (job) => {
        ids.push(job.lease.id);
        if (ids.length === count) resolve(ids);
        return await process(job);
      },
      now: systemClock.now,
      onError: (error) => errors.push(error),
    });
  });
}

test("a job comes from our fetch, and from the end of the one before when that fetched it (QW1, QW2)", async () => {
  await queue.add("first", {}, { jobId: "job-1" });
  await queue.add("second", {}, { jobId: "job-2" });
  const fetches: number[] = [];
  const ids = await processed(2, async ({ lease }) => {
    fetches.push(fetched);
    if (lease.id === "job-1") handoff.putEnd("job-1", await fetchJob(lease.token));
    return { kind: "ended" };
  });
  expect(ids).toEqual(["job-1", "job-2"]);
  expect(fetches).toEqual([1, 1]);
});

test("a job whose processor throws is tried again, and never failed (QW3)", async () => {
  await queue.add("first", {}, { jobId: "job-1" });
  let isFirst = true;
  const ids = await processed(2, async () => {
    if (!isFirst) return { kind: "ended" };
    isFirst = false;
    throw new Error("a bug");
  });
  expect(ids).toEqual(["job-1", "job-1"]);
  expect(errors.map(String)).toEqual(["Error: a bug"]);
  expect(await queue.getFailedCount()).toBe(0);
});
