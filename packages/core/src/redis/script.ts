import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";
import { Packr } from "msgpackr";
import { jobKeys, jobLimits, queueKeys } from "../bullmq/queue-keys.js";
import { wrapScript } from "../bullmq/scripts.js";
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
const jobFolder = new URL("../bullmq/lua/", import.meta.url);
const words: typeof luaWords = { ...luaWords, QUEUE_KEY: queueKeys, JOB_KEY: jobKeys, JOB_LIMIT: jobLimits };

/**
 * Reads `lua/<name>.lua` and composes it, each part once: `--@include a b` becomes files of `lua/includes`, `--@bullmq x` a file of
 * `bullmq/lua`, and there `--@wrap y` one of BullMQ's own scripts, unchanged (see `wrapScript`). Our own texts take keys, fields, and
 * limits from the layout. All of them call Redis through `call`.
 */
export function loadScript(name: string): Script {
  const text = `local call = redis.call\n${composed(new URL(`${name}.lua`, folder), new Set())}`;
  return { name, text, sha: createHash("sha1").update(text).digest("hex") };
}

/** The text of a file with its parts; `done` holds the directives that are composed already. */
function composed(file: URL, done: Set<string>): string {
  const text = withLayout(readFileSync(file, "utf8"), file.pathname);
  return text.replaceAll(/^--@(include|bullmq|wrap) (.*)$/gm, (_line, kind: string, names: string) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => part(kind, name, done))
      .join("\n"),
  );
}

function part(kind: string, name: string, done: Set<string>): string {
  const directive = `${kind} ${name}`;
  if (done.has(directive)) return "";
  done.add(directive);
  if (kind === "wrap") return wrapScript(name);
  return composed(
    kind === "bullmq" ? new URL(`${name}.lua`, jobFolder) : new URL(`includes/${name}.lua`, folder),
    done,
  );
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

/**
 * Puts the words of `layout.ts` into a text, as literals, so that they cost nothing when the script runs:
 * `run.key .. KEY.steps` becomes `run.key .. ':steps'`, `added < LIMIT.jobsPerScript` becomes `added < 200`, and a field of the
 * variable `record` its one letter: `record.attempts` becomes `record.a`. Neighboring literals are joined: `'{"' .. 's'` is `'{"s'`.
 * A word that the layout does not have is refused when the script is loaded.
 */
export function withLayout(text: string, path: string): string {
  return text
    .replaceAll(/\b([A-Z][A-Z_]*)\.(\w+)/g, (_word, table: string, name: string) => {
      const value = wordIn(words[table], name);
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
