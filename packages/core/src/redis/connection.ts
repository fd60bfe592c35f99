import { BatonError } from "@batonrun/contract";
import { Redis, type RedisOptions } from "ioredis";
import { fromRedis } from "./redis-failure.js";

export type RedisRole = "api" | "worker" | "subscriber";

export interface RedisAddress {
  readonly url: string;
  readonly role: RedisRole;
  /** Told of a lost connection; every command reports its own failure as well. */
  readonly onError?: (error: Error) => void;
}

/** The address in printable form: without user and password, wherever they are in it. */
export function printableRedisUrl(url: string): string {
  return url.replace(/\/\/.*@/, "//***@").replace(/([?&](?:username|password)=)[^&]*/gi, "$1***");
}

/** How much of what was accepted survives a crash of Redis: every write, all but the last second, or nothing. */
export type Durability = "always" | "everysec" | "none";

export interface RedisFacts {
  readonly version: string;
  readonly durability: Durability;
}

const failFast = {
  // A request that waits for Redis to come back would hang its caller: it is refused, and the caller tries again.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  commandTimeout: 2_000,
  connectTimeout: 2_000,
  // A peer that disappeared silently: the connection is closed, so that a new one is tried.
  socketTimeout: 5_000,
} as const satisfies RedisOptions;

const optionsByRole = {
  api: failFast,
  // The event feed subscribes again itself: only to what somebody still listens to.
  subscriber: { ...failFast, autoResubscribe: false },
  // BullMQ blocks on its connections and asks for commands that outlive an outage.
  worker: { maxRetriesPerRequest: null, connectTimeout: 10_000 },
} as const satisfies Record<RedisRole, RedisOptions>;

/** Opens a connection and keeps it open; it connects in the background. `checkRedis` waits for it. */
export function connectRedis({ url, role, onError }: RedisAddress): Redis {
  const client = new Redis(url, {
    ...optionsByRole[role],
    connectionName: `baton-${role}`,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
  // Without a listener ioredis prints to the console.
  client.on("error", (error: Error) => onError?.(error));
  return client;
}

/**
 * Waits for the connection and refuses a Redis that would lose what it accepted: keys must never be evicted.
 * `declared` is what the operator says of a Redis that hides its settings.
 */
export async function checkRedis(
  client: Redis,
  { declared = "everysec", timeoutMs = 10_000 }: { readonly declared?: Durability; readonly timeoutMs?: number } = {},
): Promise<RedisFacts> {
  await untilReady(client, timeoutMs);
  const info = readInfo(await fromRedis(client.info()));
  const policy = info.get("maxmemory_policy") ?? "unknown";
  if (policy !== "noeviction") {
    throw new BatonError(
      "redis_refused",
      `This Redis may evict keys (maxmemory-policy is ${policy}) and would lose runs. Set maxmemory-policy to noeviction.`,
    );
  }
  return { version: info.get("redis_version") ?? "unknown", durability: await durabilityOf(client, info, declared) };
}

function untilReady(client: Redis, timeoutMs: number): Promise<void> {
  if (client.status === "ready") return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      client.off("ready", onReady);
      reject(new BatonError("redis_unavailable", `Redis did not respond within ${timeoutMs} ms.`));
    }, timeoutMs);
    const onReady = (): void => {
      clearTimeout(timer);
      resolve();
    };
    client.once("ready", onReady);
  });
}

async function durabilityOf(
  client: Redis,
  info: ReadonlyMap<string, string>,
  declared: Durability,
): Promise<Durability> {
  if (info.get("aof_enabled") === "0") return "none";
  const fsync = await client.config("GET", "appendfsync").then(
    (reply) => (Array.isArray(reply) ? String(reply[1]) : ""),
    () => "", // hosted Redis hides CONFIG: what the operator declared counts
  );
  if (fsync === "always" || fsync === "everysec") return fsync;
  return fsync === "no" ? "none" : declared;
}

function readInfo(text: string): ReadonlyMap<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(":"));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}
