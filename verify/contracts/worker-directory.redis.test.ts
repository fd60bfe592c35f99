import { redisWorkerDirectory } from "../../packages/core/src/redis/stores/worker-directory.js";
import { testRedis } from "../support/redis.js";
import { workerDirectoryContract } from "./worker-directory.contract.js";

workerDirectoryContract(() => {
  const redis = testRedis();
  return {
    workers: redisWorkerDirectory(redis),
    // What Redis does at the end of the lease.
    endLease: async (id) => void (await redis.client.del(redis.keys.worker(id))),
    close: () => redis.close(),
  };
});
