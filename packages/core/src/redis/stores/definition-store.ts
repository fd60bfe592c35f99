import { DefinitionHash } from "@batonrun/contract";
import { LRUCache } from "lru-cache";
import semver from "semver";
import { z } from "zod";
import type { DefinitionStore, StoredVersion } from "../../ports/directory.js";
import type { Page } from "../../ports/run-reader.js";
import { decodeCursor, encodeCursor } from "../../run/cursor.js";
import type { RedisCell } from "../cell.js";
import { fromRedis } from "../redis-failure.js";
import { loadScript, runScript } from "../script.js";

const registerVersion = loadScript("register-version");
const Outcome = z.enum(["created", "unchanged", "conflict"]);
const StoredEntry = z.object({ hash: DefinitionHash, createdAt: z.number() });
const NameCursor = z.strictObject({ name: z.string() });

const KNOWN_VERSIONS = 10_000;

/** Definitions and the registry in Redis: each method is one round trip; a version, which never changes, is read once. */
export function redisDefinitionStore(cell: RedisCell): DefinitionStore {
  const { client, keys } = cell;
  const versions = new LRUCache<string, StoredVersion>({ max: KNOWN_VERSIONS });
  return {
    get: (hash) => fromRedis(client.get(keys.definition(hash))),
    put: async (hash, text) => {
      await fromRedis(client.set(keys.definition(hash), text));
    },
    register: (version, text) => register(cell, version, text),
    version: async (name, version) => {
      const known = versions.get(`${name}@${version}`);
      if (known !== undefined) return known;
      const text = await fromRedis(client.hget(keys.workflow(name), version));
      if (text === null) return null;
      const stored = storedVersion(name, version, text);
      versions.set(`${name}@${version}`, stored);
      return stored;
    },
    versions: (name) => readVersions(cell, name),
    names: (limit, cursor) => readNames(cell, limit, cursor),
  };
}

async function register(
  { client, keys }: RedisCell,
  { name, version, hash }: Omit<StoredVersion, "createdAt">,
  text: string,
): Promise<z.infer<typeof Outcome>> {
  const command = {
    name,
    version,
    hash,
    text,
    workflows: keys.workflows,
    registered: keys.registeredDefinitions,
    definition: keys.definition(hash),
  };
  return Outcome.parse(await runScript(client, registerVersion, { key: keys.workflow(name), command }));
}

/** The newest by semver first. */
async function readVersions({ client, keys }: RedisCell, name: string): Promise<readonly StoredVersion[]> {
  const entries = Object.entries(await fromRedis(client.hgetall(keys.workflow(name))));
  return entries
    .map(([version, text]) => storedVersion(name, version, text))
    .sort((a, b) => semver.rcompare(a.version, b.version));
}

async function readNames({ client, keys }: RedisCell, limit: number, cursor?: string): Promise<Page<string>> {
  const min = cursor === undefined ? "-" : `(${decodeCursor(NameCursor, cursor).name}`;
  const names = await fromRedis(client.zrangebylex(keys.workflows, min, "+", "LIMIT", 0, limit + 1));
  const items = names.slice(0, limit);
  return names.length <= limit ? { items } : { items, nextCursor: encodeCursor({ name: items.at(-1) }) };
}

function storedVersion(name: string, version: string, text: string): StoredVersion {
  return { name, version, ...StoredEntry.parse(JSON.parse(text)) };
}
