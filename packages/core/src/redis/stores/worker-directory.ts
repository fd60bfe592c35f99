import { createHash } from "node:crypto";
import { WorkerView } from "@batonrun/contract";
import { z } from "zod";
import type { AnnouncedWorker, WorkerDirectory } from "../../ports/directory.js";
import { answersOf, type RedisCell } from "../cell.js";
import { fromRedis } from "../redis-failure.js";
import { loadScript, runScript } from "../script.js";

const announceWorker = loadScript("announce-worker");

/** As it was announced. */
const StoredWorker = WorkerView.extend({ startedAt: z.number() });

/** Names the set of actions of a worker, `keys.actions(digest)`: workers that have the same ones share it. */
export function actionsDigest(names: readonly string[]): string {
  return createHash("sha256")
    .update([...new Set(names)].sort().join("\n"))
    .digest("hex");
}

/** Announced workers in Redis: `list` takes two round trips, the others one. */
export function redisWorkerDirectory(cell: RedisCell): WorkerDirectory {
  const { client, keys } = cell;
  return {
    announce: (worker, leaseMs) => announce(cell, worker, leaseMs),
    // The set of actions may be another worker's too: it goes with its lease.
    withdraw: async (id) => {
      await answersOf(client.multi().del(keys.worker(id)).zrem(keys.workers, id));
    },
    list: async () => {
      const ids = await fromRedis(client.zrange(keys.workers, 0, -1));
      if (ids.length === 0) return [];
      const texts = await fromRedis(client.mget(ids.map((id) => keys.worker(id))));
      return texts.filter((text) => text !== null).map((text) => StoredWorker.parse(JSON.parse(text)));
    },
  };
}

async function announce({ client, keys }: RedisCell, worker: AnnouncedWorker, leaseMs: number): Promise<void> {
  const actions = worker.actions.map((action) => action.name);
  const command = {
    id: worker.id,
    text: JSON.stringify(worker),
    leaseMs,
    worker: keys.worker(worker.id),
    actionsKey: keys.actions(actionsDigest(actions)),
    actions,
  };
  await runScript(client, announceWorker, { key: keys.workers, command });
}
