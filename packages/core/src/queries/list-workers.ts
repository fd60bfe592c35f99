import type { QueueView } from "@batonrun/contract";
import type { AnnouncedWorker, QueueMonitor, WorkerDirectory } from "../ports/directory.js";

/** The workers whose lease has not ended. */
export async function listWorkers({
  workers,
}: {
  readonly workers: Pick<WorkerDirectory, "list">;
}): Promise<readonly AnnouncedWorker[]> {
  return workers.list();
}

/** Every queue of the cell, in order of the alphabet, with what stands in it. */
export async function listQueues({ queues }: { readonly queues: QueueMonitor }): Promise<readonly QueueView[]> {
  return queues.counts([...(await queues.names())].sort());
}
