import type { ErrorDetail } from "@batonrun/contract";
import { isPlainObject, type JsonPlace, pointerTo, unsafeKeys, walkJson } from "@batonrun/node/json";

export interface JsonLimits {
  /** Maximum nesting depth of objects and lists. */
  readonly maxDepth: number;
  /** Maximum number of keys in all objects together. */
  readonly maxKeys: number;
}

/** The first problem of a parsed document, which must not reach anything recursive before it was checked; null: none. */
export function findExcess(document: unknown, limits: JsonLimits): ErrorDetail | null {
  let keys = 0;
  for (const place of walkJson(document)) {
    const excess = excessOf(place, limits);
    if (excess !== null) return excess;
    if (isPlainObject(place.value)) keys += Object.keys(place.value).length;
    if (keys > limits.maxKeys) return { pointer: "", message: `has more than ${limits.maxKeys} keys` };
  }
  return null;
}

function excessOf(place: JsonPlace, { maxDepth }: JsonLimits): ErrorDetail | null {
  const { value, key, depth } = place;
  if (typeof key === "string" && unsafeKeys.has(key)) {
    return { pointer: pointerTo(place, depth - 1), message: `has the key "${key}", which is not allowed` };
  }
  // The root is the first level, and a scalar is none.
  if (typeof value === "object" && value !== null && depth >= maxDepth)
    return { pointer: pointerTo(place), message: `is nested deeper than ${maxDepth} levels` };
  // JSON can write 1e999, which no double holds.
  if (typeof value === "number" && !Number.isFinite(value))
    return { pointer: pointerTo(place), message: "is a number too large for a double" };
  return null;
}
