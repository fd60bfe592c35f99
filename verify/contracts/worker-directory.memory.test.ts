import { memoryWorkerDirectory } from "../memory/worker-directory.js";
import { announcedWorker, workerDirectoryContract } from "./worker-directory.contract.js";

workerDirectoryContract(() => {
  let now = 1;
  const workers = memoryWorkerDirectory(() => now);
  return {
    workers,
    endLease: async (id) => {
      await workers.announce(announcedWorker(id), 1);
      now += 1;
    },
    close: async () => undefined,
  };
});
