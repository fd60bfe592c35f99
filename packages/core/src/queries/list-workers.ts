import type { QueueView } from "@batonrun/contract";
import type { AnnouncedWorker, QueueMonitor, WorkerDirectory } from "../ports/directory.js";

/** Lists the workers whose lease has not expired. */
export async function listWorkers({
  workers,
}: {
  readonly workers: Pick<WorkerDirectory, "list">;
}): Promise<readonly AnnouncedWorker[]> {
  return workers.list();
}

/** Lists all queues of the cell alphabetically, with their job counts. */
export async function listQueues({ queues }: { readonly queues: QueueMonitor }): Promise<readonly QueueView[]> {
  return queues.counts([...(await queues.names())].sort());
}
