import { redisDefinitionStore } from "../../packages/core/src/redis/stores/definition-store.js";
import { testRedis } from "../support/redis.js";
import { definitionStoreContract } from "./definition-store.contract.js";

definitionStoreContract(() => {
  const redis = testRedis();
  return { store: redisDefinitionStore(redis), close: () => redis.close() };
});
