import { checkRedis, connectRedis } from "../../packages/core/src/redis/connection.js";
import { redisEventFeed } from "../../packages/core/src/redis/feeds/event-feed.js";
import { testRedis } from "../support/redis.js";
import { eventFeedContract } from "./event-feed.contract.js";

eventFeedContract(async () => {
  const redis = testRedis();
  const client = connectRedis({ url: redis.url, role: "subscriber" });
  await checkRedis(client);
  const feed = redisEventFeed({ client, keys: redis.keys });
  return {
    feed,
    announce: async (id, seq) => void (await redis.client.publish(redis.keys.changes(id), String(seq))),
    close: async () => {
      await feed.close();
      await redis.close();
    },
  };
});
