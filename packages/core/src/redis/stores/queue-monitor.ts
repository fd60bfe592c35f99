import type { QueueView } from "@batonrun/contract";
import { z } from "zod";
import { queueKey } from "../../bullmq/queue-keys.js";
import { CORE_QUEUE, RUN_QUEUE, stepQueue } from "../../plan/queue-names.js";
import type { QueueMonitor, WorkerDirectory } from "../../ports/directory.js";
import { answersOf, type RedisCell } from "../cell.js";
import { fromRedis } from "../redis-failure.js";

/** What every cell has: the queue of runs, and that of the control nodes. */
const ownQueues = [RUN_QUEUE, CORE_QUEUE];

export interface QueueMonitorOptions extends RedisCell {
  readonly workers: Pick<WorkerDirectory, "list">;
}

/** Counts what stands in BullMQ's queues, all queues in one round trip. */
export function redisQueueMonitor(options: QueueMonitorOptions): QueueMonitor {
  return {
    names: () => queueNames(options),
    counts: (names) => readCounts(options, names),
  };
}

/** The cell's own, those that ever got a job, and those that live workers serve though nothing came yet. */
async function queueNames({ client, keys, workers }: QueueMonitorOptions): Promise<readonly string[]> {
  const [used, live] = await Promise.all([fromRedis(client.smembers(keys.queueNames)), workers.list()]);
  const served = live.flatMap((worker) => worker.capabilities.map(stepQueue));
  return [...new Set([...ownQueues, ...used, ...served])].sort();
}

const numbersAQueue = 8;

async function readCounts({ client, keys }: RedisCell, names: readonly string[]): Promise<readonly QueueView[]> {
  if (names.length === 0) return [];
  const pipeline = client.pipeline();
  for (const name of names) {
    pipeline.llen(queueKey(keys.queues, name, "waiting"));
    pipeline.llen(queueKey(keys.queues, name, "pausedWaiting"));
    pipeline.zcard(queueKey(keys.queues, name, "prioritized"));
    pipeline.llen(queueKey(keys.queues, name, "active"));
    pipeline.zcard(queueKey(keys.queues, name, "delayed"));
    pipeline.zcard(queueKey(keys.queues, name, "waitingChildren"));
    pipeline.zcard(queueKey(keys.queues, name, "failed"));
    pipeline.hexists(queueKey(keys.queues, name, "meta"), "paused");
  }
  const numbers = z.array(z.number()).parse(await answersOf(pipeline));
  return names.map((name, index) =>
    queueCounts(name, numbers.slice(index * numbersAQueue, (index + 1) * numbersAQueue)),
  );
}

function queueCounts(name: string, numbers: readonly number[]): QueueView {
  const [
    waiting = 0,
    pausedWaiting = 0,
    prioritized = 0,
    active = 0,
    delayed = 0,
    waitingChildren = 0,
    failed = 0,
    paused = 0,
  ] = numbers;
  return {
    name,
    waiting: waiting + pausedWaiting,
    prioritized,
    active,
    delayed,
    waitingChildren,
    failed,
    paused: paused === 1,
  };
}
