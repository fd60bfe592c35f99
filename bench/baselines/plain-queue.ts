import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import type { Shape } from "../shape.js";
import { CONCURRENCY, LOCK_MS, type RunClient, STALLED_MS, type System } from "../system.js";

const prefix = "{plain}";

/** A BullMQ queue without flows: as many jobs, none of which waits for another. What BullMQ costs at least. */
export const plainQueue: System = {
  name: "plain queue",
  async start({ url, shape, observer }) {
    const client = await connectClient(url, shape);
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    const left = new Map<string, number>();
    const endedAt = new Map<string, number>();
    const worker = new Worker(
      "steps",
      async (job) => {
        observer.stepBegan(job.name);
        observer.stepEnded(job.name);
        return { n: 0 };
      },
      { prefix, connection, concurrency: CONCURRENCY, lockDuration: LOCK_MS, stalledInterval: STALLED_MS },
    );
    worker.on("completed", (job) => {
      const run = String(job.data.run);
      const remaining = (left.get(run) ?? shape.steps.length) - 1;
      left.set(run, remaining);
      if (remaining > 0) return;
      endedAt.set(run, Date.now());
      observer.runEnded();
    });
    await worker.waitUntilReady();
    return {
      submit: client.submit,
      eventStreams: [`${prefix}:steps:events`],
      endTimes: async (runs) => runs.map((run) => endedAt.get(run) ?? Number.NaN),
      close: async () => {
        await worker.close();
        await client.close();
        await connection.quit();
      },
    };
  },
  startClient: ({ url, shape }) => connectClient(url, shape),
};

async function connectClient(url: string, shape: Shape): Promise<RunClient> {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue("steps", { connection, prefix });
  await queue.waitUntilReady();
  let runs = 0;
  return {
    submit: async () => {
      runs += 1;
      const run = String(runs);
      await queue.addBulk(shape.steps.map(({ id }) => ({ name: id, data: { run }, opts: { removeOnComplete: true } })));
      return run;
    },
    close: async () => {
      await queue.close();
      await connection.quit();
    },
  };
}
