import type { ErrorDetail } from "@batonrun/contract";
import { jsonPointer } from "./json-pointer.js";

export interface JsonLimits {
  /** How deep objects and lists may nest. */
  readonly maxDepth: number;
  /** Keys of all objects together. */
  readonly maxKeys: number;
}

/** Keys that reach a prototype where somebody merges objects without care. */
const REFUSED_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

interface Place {
  readonly value: object;
  readonly depth: number;
  readonly key: string;
  readonly parent: Place | null;
}

/**
 * What is wrong with a parsed document before anything recursive may see it: JSON.parse takes 100,000 levels, and
 * JSON.stringify of those overflows the stack. Walks with a stack of its own and stops at the first problem.
 */
export function findExcess(value: unknown, limits: JsonLimits): ErrorDetail | null {
  if (!isContainer(value)) return excessOfScalar(value, () => "");
  const open: Place[] = [{ value, depth: 1, key: "", parent: null }];
  let keys = 0;
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const entries: [string, unknown][] = Object.entries(place.value);
    if (!Array.isArray(place.value)) keys += entries.length;
    if (keys > limits.maxKeys) return { pointer: "", message: `has more than ${limits.maxKeys} keys` };
    const excess = excessOf(place, entries, limits);
    if (excess !== null) return excess;
    for (const [key, held] of entries) {
      const child = { depth: place.depth + 1, key, parent: place };
      if (isContainer(held)) open.push({ ...child, value: held });
      else {
        const wrong = excessOfScalar(held, () => pointerOf({ ...child, value: {} }));
        if (wrong !== null) return wrong;
      }
    }
  }
  return null;
}

function excessOf(
  place: Place,
  entries: readonly (readonly [string, unknown])[],
  { maxDepth }: JsonLimits,
): ErrorDetail | null {
  if (place.depth > maxDepth) return { pointer: pointerOf(place), message: `is nested deeper than ${maxDepth} levels` };
  const refused = entries.find(([key]) => REFUSED_KEYS.has(key));
  if (refused === undefined) return null;
  return { pointer: pointerOf(place), message: `has the key "${refused[0]}", which is not allowed` };
}

/** JSON can write 1e999, which no number holds. */
function excessOfScalar(value: unknown, pointer: () => string): ErrorDetail | null {
  if (typeof value !== "number" || Number.isFinite(value)) return null;
  return { pointer: pointer(), message: "is a number too large for a double" };
}

function pointerOf(place: Place): string {
  const path: string[] = [];
  for (let at: Place | null = place; at !== null && at.parent !== null; at = at.parent) path.unshift(at.key);
  return jsonPointer(path);
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
