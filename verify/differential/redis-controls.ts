import { createRequire } from "node:module";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Lease } from "../../packages/core/src/ports/transitions.js";
import type { CellKeys } from "../../packages/core/src/redis/cell-keys.js";
import { systemClock } from "../../packages/core/src/system-clock.js";

/**
 * What happens to jobs without a script of ours: BullMQ's own scripts as it calls them, a lock that runs out, and time.
 * Time cannot be moved in Redis; so everything that is due is moved toward the present instead.
 */
export interface RedisControls {
  park(lease: Lease): Promise<boolean>;
  loseLock(job: JobName): Promise<void>;
  reap(job: JobName): Promise<void>;
  remove(job: JobName): Promise<boolean>;
  passTime(ms: number, names: { readonly queues: readonly string[]; readonly runs: readonly string[] }): Promise<void>;
}

type JobName = Pick<Lease, "queue" | "id">;

const Script = z.object({ content: z.string(), keys: z.number() });
const Scripts = z.object({ moveStalledJobsToWait: Script, moveToWaitingChildren: Script, removeJob: Script }).loose();

const passTime = `
local tag, names, ms = ARGV[1], cjson.decode(ARGV[2]), tonumber(ARGV[3])
local call = redis.call
local function shift(key, by)
  for _, member in ipairs(call('ZRANGE', key, 0, -1)) do call('ZINCRBY', key, -by, member) end
end
shift(tag .. ':timers', ms)
for _, queue in ipairs(names.queues) do shift(tag .. ':q:' .. queue .. ':delayed', ms * 4096) end
for _, id in ipairs(names.runs) do
  local key = tag .. ':run:' .. id
  if call('HEXISTS', key, 'endedAt') == 1 then call('HINCRBY', key, 'endedAt', -ms) end
  for _, field in ipairs(call('HKEYS', key .. ':steps')) do
    if not string.find(field, ':', 1, true) then
      local record = cjson.decode(call('HGET', key .. ':steps', field))
      if record.d then
        record.d = record.d - ms
        call('HSET', key .. ':steps', field, cjson.encode(record))
      end
    end
  end
end
`;

export function redisControls(client: Redis, keys: CellKeys): RedisControls {
  const scripts = Scripts.parse(createRequire(import.meta.url)("bullmq/dist/cjs/scripts/index.js"));
  const run = (
    name: "moveStalledJobsToWait" | "moveToWaitingChildren" | "removeJob",
    names: string[],
    args: (string | number)[],
  ) => client.eval(scripts[name].content, scripts[name].keys, ...names, ...args);
  const keyOf = (queue: string, part: string) => `${keys.queues}:${queue}:${part}`;
  return {
    async park({ queue, id, token }) {
      const parts = ["active", "waiting-children", id, `${id}:dependencies`, `${id}:unsuccessful`, "stalled", "events"];
      const names = parts.map((part) => keyOf(queue, part));
      const reply = await run("moveToWaitingChildren", names, [token, "", systemClock.now(), id, keyOf(queue, "")]);
      if (reply !== 0 && reply !== 1) throw new Error(`parking ${id} answered ${String(reply)}`);
      return reply === 0;
    },
    async loseLock({ queue, id }) {
      await client.del(keyOf(queue, `${id}:lock`));
    },
    async reap({ queue, id }) {
      // BullMQ looks twice at a job before it believes it; only this one was looked at before.
      await client.del(keyOf(queue, "stalled-check"), keyOf(queue, "stalled"));
      await client.sadd(keyOf(queue, "stalled"), id);
      const parts = ["stalled", "wait", "active", "stalled-check", "meta", "paused", "marker", "events", "repeat"];
      const names = parts.map((part) => keyOf(queue, part));
      await run("moveStalledJobsToWait", names, [1_000_000, keyOf(queue, ""), systemClock.now(), 1]);
    },
    async remove({ queue, id }) {
      const names = [id, "repeat"].map((part) => keyOf(queue, part));
      return (await run("removeJob", names, [id, 0, keyOf(queue, "")])) === 1;
    },
    async passTime(ms, names) {
      await client.eval(passTime, 1, keys.timers, keys.tag, JSON.stringify(names), ms);
    },
  };
}
