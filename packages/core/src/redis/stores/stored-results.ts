import type { RedisCell } from "../cell.js";
import type { RunKeys } from "../cell-keys.js";
import { limits } from "../layout.js";
import { fromRedis } from "../redis-failure.js";

/** A result whose stored length is known. A large one is stored as `@<bytes>`, its text being in `big`. */
export interface SizedField {
  readonly field: string;
  readonly bytes: number;
}

export interface LoadedResults {
  readonly texts: ReadonlyMap<string, string>;
  readonly omitted: ReadonlySet<string>;
  /** Of the budget, what is left. */
  readonly leftBytes: number;
}

/** Loads results in order while they fit into the budget; what does not fit is never sent by Redis. */
export async function loadResults(
  { client }: Pick<RedisCell, "client">,
  keys: RunKeys,
  { fields, maxBytes }: { readonly fields: readonly SizedField[]; readonly maxBytes: number },
): Promise<LoadedResults> {
  const stored = fitting(fields, maxBytes);
  const values = await readInGroups(client, keys.out, stored.fit);
  const large = [...values].filter(([, text]) => text.startsWith("@"));
  const references = large.map(([field, text]) => ({ field, bytes: Number(text.slice(1)), reference: text.length }));
  const backBytes = references.reduce((sum, { reference }) => sum + reference, 0);
  const big = fitting(references, stored.leftBytes + backBytes);
  const texts = await readInGroups(client, keys.big, big.fit);
  for (const [field] of large) values.delete(field);
  return {
    texts: new Map([...values, ...texts]),
    omitted: new Set([...stored.omitted, ...big.omitted]),
    leftBytes: big.leftBytes,
  };
}

function fitting(fields: readonly SizedField[], maxBytes: number) {
  const fit: SizedField[] = [];
  const omitted: string[] = [];
  let leftBytes = maxBytes;
  for (const field of fields) {
    if (field.bytes > leftBytes) {
      omitted.push(field.field);
      continue;
    }
    leftBytes -= field.bytes;
    fit.push(field);
  }
  return { fit, omitted, leftBytes };
}

async function readInGroups(
  client: RedisCell["client"],
  key: string,
  fields: readonly SizedField[],
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const group of groupsOf(fields)) {
    // One command at a time: a pipeline would hold up the others for as long as all of its values take.
    const values = await fromRedis(client.hmget(key, ...group));
    for (const [index, field] of group.entries()) {
      const text = values[index];
      if (typeof text === "string") texts.set(field, text);
    }
  }
  return texts;
}

function groupsOf(fields: readonly SizedField[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const field of fields) {
    if (bytes + field.bytes > limits.bytesPerRead) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(field.field);
    bytes += field.bytes;
  }
  return groups;
}
