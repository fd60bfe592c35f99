import { expect } from "vitest";
import type { Fence } from "./fences.js";

/** What differs from run to run: an id, a time, a duration. */
const variables = [
  { written: /[0-7][0-9A-HJKMNP-TV-Z]{25}/g, stands: "[0-7][0-9A-HJKMNP-TV-Z]{25}" },
  {
    written: /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g,
    stands: "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z",
  },
] as const;

/**
 * Holds what a block shows against what was printed. `…` stands for anything; ids, times and durations for any other of
 * their kind. A `json` block shows some keys of the value, and is compared as a value.
 */
export function expectPrinted(shown: Fence, printed: string, because: string): void {
  if (shown.language === "json") {
    const value: unknown = JSON.parse(printed);
    expect(value, because).toMatchObject(matcherOf(JSON.parse(shown.text)));
    return;
  }
  expect(printed, because).toMatch(new RegExp(`^\\s*${patternOf(shown.text.trim())}\\s*$`));
}

/** A text as the source of a regular expression. */
function patternOf(text: string): string {
  const parts = text.split("…").map((part) => {
    let pattern = part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
    // An escaped dot stands in a time by now.
    pattern = pattern.replaceAll(/(T\d{2}:\d{2}:\d{2})\\\./g, "$1.");
    for (const { written, stands } of variables) pattern = pattern.replaceAll(written, () => stands);
    return pattern;
  });
  return parts.join("[\\s\\S]*?");
}

function matcherOf(value: unknown, key = ""): object {
  const matcher = matched(value, key);
  if (typeof matcher !== "object" || matcher === null) throw new Error("a JSON block shows an object or a list");
  return matcher;
}

function matched(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((item) => matched(item, key));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, matched(member, name)]));
  }
  if (typeof value === "number" && key.endsWith("Ms")) return expect.any(Number);
  return typeof value === "string" ? expect.stringMatching(new RegExp(`^${patternOf(value)}$`)) : value;
}
