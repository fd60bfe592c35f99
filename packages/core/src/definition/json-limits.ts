import type { Problem } from "@batonrun/contract";
import { type Path, pointerOf } from "@batonrun/node";

const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Beyond it a definition is refused before any recursion looks at it. */
export interface SizeLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly maxValues: number;
}

export const sizeLimits: SizeLimits = { maxBytes: 4 * 1024 * 1024, maxDepth: 100, maxValues: 1_000_000 };

interface Open {
  readonly value: unknown;
  readonly path: Path;
}

/**
 * Walks a value without recursion: depth, number of values, forbidden keys, and whether JSON can hold it at all.
 * `fatal` means that nothing else may look at the value.
 */
export function checkJson(
  value: unknown,
  limits: SizeLimits,
): { readonly fatal: boolean; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const open: Open[] = [{ value, path: [] }];
  for (let seen = 0; open.length > 0; seen += 1) {
    const next = open.pop();
    if (next === undefined) break;
    if (next.path.length > limits.maxDepth)
      return { fatal: true, problems: [tooDeep(pointerOf(next.path.slice(0, 4)), limits)] };
    if (seen > limits.maxValues) return { fatal: true, problems: [tooManyValues(limits)] };
    const problem = problemOf(next);
    if (problem !== null) problems.push(problem);
    else for (const child of children(next)) open.push(child);
  }
  return { fatal: problems.some(({ code }) => code === "not_json"), problems };
}

export function tooDeep(pointer: string, { maxDepth }: SizeLimits): Problem {
  const message = `the definition is nested more than ${maxDepth} levels deep`;
  return { pointer, severity: "error", code: "too_deep", message };
}

function tooManyValues({ maxValues }: SizeLimits): Problem {
  const message = `the definition holds more than ${maxValues} values, aliases counted each time`;
  return { pointer: "", severity: "error", code: "too_large", message };
}

function children({ value, path }: Open): readonly Open[] {
  if (Array.isArray(value)) return value.map((held: unknown, index) => ({ value: held, path: [...path, index] }));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).map(([key, held]) => ({ value: held, path: [...path, key] }));
}

function problemOf({ value, path }: Open): Problem | null {
  const last = path.at(-1);
  const pointer = pointerOf(path);
  if (typeof last === "string" && forbiddenKeys.has(last))
    return { pointer, severity: "error", code: "forbidden_key", message: `the key "${last}" is refused; rename it` };
  if (isJson(value)) return null;
  const message = `${describe(value)} is not a value that JSON can hold; put it in quotes`;
  return { pointer, severity: "error", code: "not_json", message };
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
