import { describe, expect, test } from "vitest";
import { checkStyle } from "./style.js";

const program = "packages/core/src/run/run.ts";

function violationsOf(path: string, text: string): readonly string[] {
  return checkStyle([{ path, text }]).map(({ line, what }) => `${line}: ${what}`);
}

describe("a planted violation is found", () => {
  test.each([
    ["a drawer", "packages/core/src/run/utils.ts", "", "is named for a drawer"],
    ["a drawer of something", "apps/api/src/run-helpers.ts", "", "is named for a drawer"],
    ["a folder that is a drawer", "apps/api/src/services/run.ts", "", "is named for a drawer"],
    ["a TODO", program, "// TODO later", "has a TODO"],
    ["an assertion", program, "const a = b as string;", "has an `as`"],
    ["the clock", program, "const now = Date.now();", "reads the clock"],
    ["the clock as a date", program, "const now = new Date();", "reads the clock"],
    ["inheritance", program, "class A extends B {}", "extends B"],
    ["a decorator", program, "@injectable() class A {}", "has a decorator"],
    ["a key", program, "const key = `{b0}:x`;", "builds a Redis key"],
    ["a key by its prefix", program, "const key = `run:${id}`;", "builds a Redis key"],
    ["logic in an index", "packages/core/src/run/index.ts", "function f() {}", "has logic"],
  ])("%s", (_name, path, text, what) => {
    expect(violationsOf(path, text)).toEqual([expect.stringContaining(`1: ${what}`)]);
  });
});

describe("what the rules allow passes", () => {
  test.each([
    ["a TODO with its issue", program, "// TODO #12 fold"],
    ["an assertion with its reason", program, "// zod gives string[]\nconst a = b as [string];"],
    ["a constant table", program, "const a = [1] as const;"],
    ["the real clock", "packages/core/src/system-clock.ts", "const now = Date.now();"],
    ["a given time", program, "const then = new Date(at);"],
    ["an error", program, "class A extends Error {}"],
    ["layout.ts", "packages/core/src/redis/layout.ts", "const key = `run:${id}`;"],
    ["a test that reads the clock", "packages/core/src/run/run.test.ts", "const now = Date.now();"],
    ["a list", "packages/core/src/run/index.ts", 'export { A } from "./run.js";'],
  ])("%s", (_name, path, text) => {
    expect(violationsOf(path, text)).toEqual([]);
  });
});
