import { JobHandoff } from "../../packages/core/src/bullmq/job-handoff.js";
import { redisDefinitionStore } from "../../packages/core/src/redis/stores/definition-store.js";
import { redisInputReader } from "../../packages/core/src/redis/stores/input-reader.js";
import { redisRunReader } from "../../packages/core/src/redis/stores/run-reader.js";
import { fetchStep, redisTransitions } from "../../packages/core/src/redis/transitions.js";
import { fetchedJob } from "../differential/fetched-job.js";
import { redisControls } from "../differential/redis-controls.js";
import { testRedis } from "../support/redis.js";
import { runReaderContract } from "./run-reader.contract.js";

runReaderContract(() => {
  const redis = testRedis();
  const { client, keys } = redis;
  const handoff = new JobHandoff();
  const actionsKey = keys.actions("contract");
  const scripts = { client, keys, handoff, actionsKey, lockDurationMs: 60_000 };
  let tokens = 0;
  return {
    reader: { ...redisRunReader(redis), ...redisInputReader(redis) },
    transitions: redisTransitions(scripts),
    definitions: redisDefinitionStore(redis),
    fetch: async (queue) => {
      tokens += 1;
      const request = { queue, token: `w${tokens}` };
      await client.sadd(actionsKey, "core.noop");
      return fetchedJob(handoff, request, await fetchStep(scripts, request));
    },
    removeJob: async (job) => void (await redisControls(client, keys).remove(job)),
    close: () => redis.close(),
  };
});
