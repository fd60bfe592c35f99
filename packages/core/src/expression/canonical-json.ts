import { isPlainObject } from "@batonrun/node/json";

/**
 * JSON with the keys of every object sorted: one text for one value.
 * Values that JSON cannot hold are treated as `JSON.stringify` treats them.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, held: unknown) => (isPlainObject(held) ? sortKeys(held) : held)) ?? "null";
}

function sortKeys(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, object[key]]),
  );
}
