import { memoryEventFeed } from "../memory/event-feed.js";
import { eventFeedContract } from "./event-feed.contract.js";

eventFeedContract(async () => {
  const feed = memoryEventFeed();
  return { feed, announce: async (id, seq) => feed.announce(id, seq), close: () => feed.close() };
});
