import { createRequire } from "node:module";
import { z } from "zod";

/** BullMQ's own Lua, as data: the scripts that ours are fused around. They are wrapped, never rewritten. */
const Published = z.record(z.string(), z.object({ content: z.string(), keys: z.number() }).loose());

/** The order in which a script of BullMQ takes its keys. `$id` is the job's id, `$target` the set that it ends in. */
export const wrappedKeys = {
  addStandardJob: ["wait", "paused", "meta", "id", "completed", "delayed", "active", "events", "marker"],
  addPrioritizedJob: ["marker", "meta", "id", "prioritized", "delayed", "completed", "active", "events", "pc"],
  addDelayedJob: ["marker", "meta", "id", "delayed", "completed", "events"],
  addParentJob: ["meta", "id", "delayed", "waiting-children", "completed", "events"],
  moveToActive: [
    "wait",
    "active",
    "prioritized",
    "events",
    "stalled",
    "limiter",
    "delayed",
    "paused",
    "meta",
    "pc",
    "marker",
  ],
  moveToFinished: [
    "wait",
    "active",
    "prioritized",
    "events",
    "stalled",
    "limiter",
    "delayed",
    "paused",
    "meta",
    "pc",
    "$target",
    "$id",
    "metrics:$target",
    "marker",
  ],
  moveToDelayed: [
    "marker",
    "active",
    "prioritized",
    "delayed",
    "$id",
    "events",
    "meta",
    "stalled",
    "wait",
    "limiter",
    "pc",
  ],
  removeJob: ["$id", "repeat"],
  releaseParentIfNoPendingDependencies: ["$id", "$id:dependencies"],
} as const satisfies Record<string, readonly string[]>;

export type WrappedScript = keyof typeof wrappedKeys;

/** The texts of BullMQ's scripts, from the pinned package. */
export function wrappedScripts(): Readonly<Record<WrappedScript, string>> {
  const published = Published.parse(createRequire(import.meta.url)("bullmq/dist/cjs/scripts/index.js"));
  const names = Object.keys(wrappedKeys) as WrappedScript[]; // the keys of a const table are its type's keys
  const texts = names.map((name) => [name, textOf(name, published[name])] as const);
  return Object.fromEntries(texts) as Record<WrappedScript, string>; // one entry a name, built just above
}

function textOf(name: WrappedScript, script: { content: string; keys: number } | undefined): string {
  if (script === undefined) throw new Error(`BullMQ no longer has the script ${name}; find out what replaced it`);
  if (script.keys !== wrappedKeys[name].length) {
    throw new Error(`BullMQ's ${name} takes ${script.keys} keys, but Baton passes ${wrappedKeys[name].length}`);
  }
  return script.content;
}

/**
 * BullMQ's `moveToDelayed` as a local function of Lua, `bullmq_move_to_delayed(KEYS, ARGV)`, together with
 * `bullmq_move_to_delayed_keys(prefix, id, target)`, which makes its list of keys.
 */
export function wrapScript(name: string): string {
  if (!isWrapped(name)) throw new Error(`Baton does not wrap a BullMQ script named ${name}`);
  const keys = wrappedKeys[name].map(luaKey).join(", ");
  const lua = `bullmq_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
  const makeKeys = `local function ${lua}_keys(prefix, id, target)\n  return { ${keys} }\nend\n`;
  return `${makeKeys}local function ${lua}(KEYS, ARGV)\n${wrappedScripts()[name]}\nend\n`;
}

/** `metrics:$target` as Lua: prefix .. 'metrics:' .. target */
function luaKey(key: string): string {
  const parts = key.split(/(\$id|\$target)/).filter((part) => part !== "");
  const lua = parts.map((part) => (part.startsWith("$") ? part.slice(1) : `'${part}'`));
  return ["prefix", ...lua].join(" .. ");
}

function isWrapped(name: string): name is WrappedScript {
  return Object.hasOwn(wrappedKeys, name);
}
