import { type FlowJob, FlowProducer, type Job, Worker } from "bullmq";
import { Redis } from "ioredis";
import { type Shape, type TreeNode, treeOf } from "../shape.js";
import type { StepObserver } from "../step-observer.js";
import { CONCURRENCY, LOCK_MS, type RunClient, STALLED_MS, type System } from "../system.js";

const prefix = "{raw}";
const workerOptions = {
  prefix,
  concurrency: CONCURRENCY,
  lockDuration: LOCK_MS,
  stalledInterval: STALLED_MS,
  maxStalledCount: 1_000_000,
} as const;
const jobOptions = { removeOnComplete: true } as const;

/** BullMQ's own flows: a run is a job of queue `runs` whose tree holds one job a step. Like Baton, two workers on one connection. */
export const rawFlows: System = {
  name: "raw flows",
  async start({ url, shape, observer }) {
    const client = await connectClient(url, shape);
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    const readers = new Set(
      shape.readsResults ? shape.steps.filter(({ needs }) => needs.length > 0).map(({ id }) => id) : [],
    );
    const process = (job: Job) => (readers.has(job.name) ? readAndAdd(job, observer) : runNoop(job, observer));
    const steps = new Worker("steps", process, { ...workerOptions, connection });
    const runs = new Worker("runs", async () => null, { ...workerOptions, connection });
    const endedAt = new Map<string, number>();
    runs.on("completed", (job) => {
      endedAt.set(job.id ?? "", Date.now());
      observer.runEnded();
    });
    await Promise.all([steps.waitUntilReady(), runs.waitUntilReady()]);
    return {
      submit: client.submit,
      eventStreams: ["runs", "steps"].map((queue) => `${prefix}:${queue}:events`),
      endTimes: async (ids) => ids.map((id) => endedAt.get(id) ?? Number.NaN),
      close: async () => {
        await Promise.all([steps.close(), runs.close()]);
        await client.close();
        await connection.quit();
      },
    };
  },
  startClient: ({ url, shape }) => connectClient(url, shape),
};

async function connectClient(url: string, shape: Shape): Promise<RunClient> {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const flows = new FlowProducer({ connection, prefix });
  await flows.waitUntilReady();
  const children = treeOf(shape).map(flowJobOf);
  return {
    submit: async () => {
      const { job } = await flows.add({ name: "run", queueName: "runs", data: {}, opts: { ...jobOptions }, children });
      return job.id ?? "";
    },
    close: async () => {
      await flows.close();
      await connection.quit();
    },
  };
}

function flowJobOf({ id, children }: TreeNode): FlowJob {
  const job = { name: id, queueName: "steps", data: {}, opts: { ...jobOptions } };
  return children.length === 0 ? job : { ...job, children: children.map(flowJobOf) };
}

async function runNoop(job: Job, observer: StepObserver): Promise<{ readonly n: number }> {
  observer.stepBegan(job.name);
  observer.stepEnded(job.name);
  return { n: 0 };
}

async function readAndAdd(job: Job, observer: StepObserver): Promise<{ readonly n: number }> {
  const [before] = Object.values(await job.getChildrenValues<{ readonly n: number }>());
  observer.stepBegan(job.name);
  observer.stepEnded(job.name);
  return { n: (before?.n ?? 0) + 1 };
}
