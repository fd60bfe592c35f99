import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { CellKeys } from "../../packages/core/src/redis/cell-keys.js";
import { sharedRedisUrl } from "./shared-redis.js";

export interface TestRedis {
  readonly url: string;
  /** The keys of a cell that no other test has. */
  readonly keys: CellKeys;
  readonly client: Redis;
  /** Removes what the cell holds and ends the connection. */
  close(): Promise<void>;
}

/** A cell of a test's own on the Redis that all tests share. */
export function testRedis(): TestRedis {
  const url = sharedRedisUrl();
  const client = new Redis(url);
  const keys = new CellKeys(`t${randomUUID().slice(0, 13)}`);
  return {
    url,
    keys,
    client,
    async close() {
      await removeCell(client, keys);
      await client.quit();
    },
  };
}

async function removeCell(client: Redis, keys: CellKeys): Promise<void> {
  for await (const found of client.scanStream({ match: `${keys.tag}:*`, count: 1_000 })) {
    // ioredis gives a page of keys a chunk; its stream is untyped.
    const page = found as readonly string[];
    if (page.length > 0) await client.unlink(...page);
  }
}
