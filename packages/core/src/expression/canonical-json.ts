import { isPlainObject } from "@batonrun/node/json";

/**
 * JSON with sorted keys at every level, so that equal values have the same text: `{ b: 1, a: 2 }` is `{"a":2,"b":1}`.
 * Values that JSON cannot represent are handled as `JSON.stringify` handles them.
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
