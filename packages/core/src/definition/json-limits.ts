import type { Problem } from "@batonrun/contract";
import { type JsonPlace, pointerTo, unsafeKeys, walkJson } from "@batonrun/node/json";

/** Limits that are checked before anything recurses into a definition. */
export interface SizeLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly maxValues: number;
}

export const sizeLimits: SizeLimits = { maxBytes: 4 * 1024 * 1024, maxDepth: 100, maxValues: 1_000_000 };

/**
 * Checks depth, number of values, forbidden keys, and whether JSON can represent the value. Does not recurse.
 * If `fatal` is true, nothing else may read the value.
 */
export function checkJson(
  value: unknown,
  limits: SizeLimits,
): { readonly fatal: boolean; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  let values = 0;
  for (const place of walkJson(value, (place) => problemOf(place) === null)) {
    if (place.depth > limits.maxDepth) return { fatal: true, problems: [tooDeep(pointerTo(place, 4), limits)] };
    values += 1;
    if (values > limits.maxValues) return { fatal: true, problems: [tooManyValues(limits)] };
    const problem = problemOf(place);
    if (problem !== null) problems.push(problem);
  }
  return { fatal: problems.some(({ code }) => code === "not_json"), problems };
}

export function tooDeep(pointer: string, { maxDepth }: SizeLimits): Problem {
  const message = `the definition is nested deeper than ${maxDepth} levels`;
  return { pointer, severity: "error", code: "too_deep", message };
}

function tooManyValues({ maxValues }: SizeLimits): Problem {
  const message = `the definition has more than ${maxValues} values, counting every use of an alias`;
  return { pointer: "", severity: "error", code: "too_large", message };
}

function problemOf(place: JsonPlace): Problem | null {
  const { value, key } = place;
  if (typeof key === "string" && unsafeKeys.has(key)) {
    const message = `the key "${key}" is refused; rename it`;
    return { pointer: pointerTo(place), severity: "error", code: "forbidden_key", message };
  }
  if (isJson(value)) return null;
  const message = `${describe(value)} cannot be represented in JSON; put it in quotes`;
  return { pointer: pointerTo(place), severity: "error", code: "not_json", message };
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  return typeof value === "object" ? "this value" : String(value);
}
