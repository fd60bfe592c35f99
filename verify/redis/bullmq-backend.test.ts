import { once } from "node:events";
import { createRedisBackend, Queue, Worker } from "bullmq";
import { Unpackr } from "msgpackr";
import { expect, test } from "vitest";
import { z } from "zod";
import { testRedis } from "../support/redis.js";

test("fetch and end go through execCommand, with the token and the job's id where ours look for them (QW1, QW2)", async () => {
  const redis = testRedis();
  const calls = new Map<string, readonly unknown[]>();
  const connection = redis.client.duplicate({ maxRetriesPerRequest: null });
  const queue = new Queue("probe", { connection, prefix: redis.keys.queues });
  const worker = new Worker(
    "probe",
    () => Promise.resolve(null),
    { connection, prefix: redis.keys.queues },
    (name, options, extra) => {
      const backend = createRedisBackend(name, options, extra);
      const original = backend.execCommand.bind(backend);
      backend.execCommand = (client, command, args: unknown[]) => {
        calls.set(command, [...args]);
        return original(client, command, args);
      };
      return backend;
    },
  );
  const completed = once(worker, "completed");
  await queue.add("probe", {}, { jobId: "probe-job" });
  await completed;
  await worker.close();
  await queue.close();
  connection.disconnect();
  await redis.close();
  const fetchOptions = z.instanceof(Buffer).parse(calls.get("moveToActive")?.[13]);
  expect(new Unpackr({ useRecords: false }).unpack(fetchOptions)).toMatchObject({ token: expect.any(String) });
  expect(calls.get("moveToFinished")?.[14]).toBe("probe-job");
});
