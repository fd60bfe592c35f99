import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";
import { Packr } from "msgpackr";
import { type WrappedScript, wrappedKeys, wrappedScripts } from "../bullmq/scripts.js";
import { luaWords, recordFields } from "./layout.js";
import { fromRedis } from "./redis-failure.js";

/** A script as it is sent: one key that names the slot, one argument, the command as msgpack. */
export interface Script {
  readonly name: string;
  readonly text: string;
  readonly sha: string;
}

const packr = new Packr({ useRecords: false, encodeUndefinedAsNil: true });
const folder = new URL("./lua/", import.meta.url);
const luaNames = {
  addStandardJob: "add_standard_job",
  addPrioritizedJob: "add_prioritized_job",
  addDelayedJob: "add_delayed_job",
  addParentJob: "add_parent_job",
  moveToActive: "move_to_active",
  moveToFinished: "move_to_finished",
  moveToDelayed: "move_to_delayed",
  removeJob: "remove_job",
  releaseParentIfNoPendingDependencies: "release_parent",
} as const satisfies Record<WrappedScript, string>;

/**
 * Reads `lua/<name>.lua` and composes it: `--@include a b` becomes the texts of `lua/includes`, `--@bullmq x y` BullMQ's
 * own scripts, each as a local function `x(KEYS, ARGV)` with `x_keys(prefix, id, target)`, which makes its list of keys.
 * Our own texts take keys, fields, and limits from the layout.
 */
export function loadScript(name: string): Script {
  const wrapped = wrappedScripts();
  const source = read(`${name}.lua`);
  const text = source.replaceAll(/^--@(include|bullmq) (.*)$/gm, (_line, kind: string, names: string) => {
    const list = names.trim().split(/\s+/);
    if (kind === "include") return list.map((include) => read(`includes/${include}.lua`)).join("\n");
    return list.map((script) => wrap(script, wrapped)).join("\n");
  });
  return { name, text, sha: createHash("sha1").update(text).digest("hex") };
}

/** Runs a script: one round trip, two when Redis has not seen it since it started. */
export async function runScript(
  client: Redis,
  script: Script,
  { key, command }: { readonly key: string; readonly command: object },
): Promise<unknown> {
  return await fromRedis(evaluate(client, script, { key, packed: packr.pack(command) }));
}

async function evaluate(
  client: Redis,
  script: Script,
  { key, packed }: { readonly key: string; readonly packed: Buffer },
): Promise<unknown> {
  try {
    return await client.evalsha(script.sha, 1, key, packed);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
    return await client.eval(script.text, 1, key, packed);
  }
}

function wrap(name: string, wrapped: Readonly<Record<string, string>>): string {
  const text = wrapped[name];
  if (text === undefined || !isWrapped(name)) throw new Error(`there is no script of BullMQ called ${name}`);
  const keys = wrappedKeys[name].map(luaKey).join(", ");
  const lua = luaNames[name];
  return `local function ${lua}_keys(prefix, id, target)\n  return { ${keys} }\nend\nlocal function ${lua}(KEYS, ARGV)\n${text}\nend\n`;
}

/** `metrics:$target` as Lua: prefix .. 'metrics:' .. target */
function luaKey(key: string): string {
  const parts = key.split(/(\$id|\$target)/).filter((part) => part !== "");
  const lua = parts.map((part) => (part.startsWith("$") ? part.slice(1) : `'${part}'`));
  return ["prefix", ...lua].join(" .. ");
}

function isWrapped(name: string): name is WrappedScript {
  return name in wrappedKeys;
}

function read(path: string): string {
  return withLayout(readFileSync(new URL(path, folder), "utf8"), path);
}

/**
 * Puts the words of `layout.ts` into a text, as literals, so that they cost nothing when the script runs:
 * `run.key .. KEY.steps` becomes `run.key .. ':steps'`, `added < LIMIT.jobsPerScript` becomes `added < 200`, and a field of the
 * variable `record` its one letter: `record.attempts` becomes `record.a`. Neighboring literals are joined: `'{"' .. 's'` is `'{"s'`.
 * A word that the layout does not have is refused when the script is loaded.
 */
export function withLayout(text: string, path: string): string {
  return text
    .replaceAll(/\b([A-Z][A-Z_]*)\.(\w+)/g, (_word, table: string, name: string) => {
      const value = wordIn(luaWords[table], name);
      if (value === undefined) throw new Error(`${path}: the layout has no ${table}.${name}`);
      return typeof value === "number" ? String(value) : `'${value}'`;
    })
    .replaceAll(/\brecord\.(\w+)/g, (_word, name: string) => {
      const letter = wordIn(recordFields, name);
      if (letter === undefined) throw new Error(`${path}: the layout has no record.${name}`);
      return `record.${letter}`;
    })
    .replaceAll(/'\s*\.\.\s*'/g, "");
}

/** Own words only: `KEY.constructor` is none. */
function wordIn(
  table: Readonly<Record<string, string | number>> | undefined,
  name: string,
): string | number | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
