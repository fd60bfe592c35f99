import type { ChainableCommander, Redis } from "ioredis";
import type { CellKeys } from "./cell-keys.js";
import { fromRedis } from "./redis-failure.js";

/** What every store needs: a connection, and the keys of the cell. */
export interface RedisCell {
  readonly client: Redis;
  readonly keys: CellKeys;
}

/** The answers of a pipeline, sent as one round trip; the first error of a command is thrown. */
export async function answersOf(pipeline: ChainableCommander): Promise<readonly unknown[]> {
  const replies = (await fromRedis(pipeline.exec())) ?? [];
  return fromRedis(
    Promise.all(
      replies.map(([error, value]) => {
        if (error !== null) throw error;
        return value;
      }),
    ),
  );
}
