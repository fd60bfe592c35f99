import type { AnnouncedWorker, WorkerDirectory } from "../../packages/core/src/ports/directory.js";

/** Announced workers in this process; `now` decides which leases have ended. */
export function memoryWorkerDirectory(now: () => number): WorkerDirectory {
  const leases = new Map<string, { readonly worker: AnnouncedWorker; readonly until: number }>();
  return {
    announce: async (worker, leaseMs) =>
      void leases.set(worker.id, { worker: structuredClone(worker), until: now() + leaseMs }),
    withdraw: async (id) => void leases.delete(id),
    list: async () => [...leases.values()].filter(({ until }) => until > now()).map(({ worker }) => worker),
  };
}
