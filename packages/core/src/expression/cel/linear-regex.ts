import { LRUCache } from "lru-cache";
import { RE2JS } from "re2js";
import { expressionLimits } from "../expression-limits.js";

/** A pattern that matches in time proportional to text length times `size`. */
export interface LinearRegex {
  /** Whether the pattern matches anywhere in the text. */
  test(text: string): boolean;
  /** Number of instructions of the compiled pattern. */
  readonly size: number;
}

/** RE2's own limit. Above it, compiling alone takes noticeable time. */
const MAX_SIZE = 10_000;
const CACHED_PATTERNS = 500;
const cache = new LRUCache<string, LinearRegex>({ max: CACHED_PATTERNS, memoMethod: compile });

/** Compiles RE2 syntax (no backreferences, no lookaround). Throws an Error that describes the invalid pattern. */
export function linearRegex(pattern: string): LinearRegex {
  return cache.memo(pattern);
}

function compile(pattern: string): LinearRegex {
  if (pattern.length > expressionLimits.maxPatternLength)
    throw new Error(`the pattern is longer than ${expressionLimits.maxPatternLength} characters`);
  const compiled = RE2JS.compile(pattern);
  const size = compiled.programSize();
  if (size > MAX_SIZE) throw new Error(`the pattern is too large: ${size} instructions; the limit is ${MAX_SIZE}`);
  return { test: (text) => compiled.matcher(text).find(), size };
}
