import { describe, expect, test } from "vitest";
import { findExcess } from "./json-limits.js";

const limits = { maxDepth: 4, maxKeys: 5 };

describe("a document within the limits passes", () => {
  test.each([
    ["a scalar", "7"],
    ["as deep as may be", "[[[[1]]]]"],
    ["as many keys as may be", '{"a":1,"b":2,"c":{"d":3,"e":4}}'],
    ["a refused key as a value", '{"key":"__proto__"}'],
    ["a long list", JSON.stringify(Array.from({ length: 10_000 }, (_, index) => index))],
  ])("%s", (_name, text) => {
    expect(findExcess(JSON.parse(text), limits)).toBeNull();
  });
});

describe("what passes them is found, with its place", () => {
  test.each([
    ["too deep", '{"a":[{"b":[[1]]}]}', "/a/0/b/0", "nested deeper"],
    ["too many keys", '{"a":{"b":1,"c":2},"d":{"e":1,"f":2}}', "", "more than 5 keys"],
    ["__proto__", '{"a":{"__proto__":{"admin":true}}}', "/a", "__proto__"],
    ["constructor", '[{"constructor":1}]', "/0", "constructor"],
    ["prototype", '{"prototype":1}', "", "prototype"],
    ["a number that no double holds", '{"a/b":[1e999]}', "/a~1b/0", "double"],
    ["such a number alone", "-1e999", "", "double"],
  ])("%s", (_name, text, pointer, message) => {
    expect(findExcess(JSON.parse(text), limits)).toEqual({ pointer, message: expect.stringContaining(message) });
  });
});

test("100,000 levels are refused without overflowing the stack", () => {
  const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
  expect(findExcess(deep, { maxDepth: 64, maxKeys: 10 })?.message).toContain("64 levels");
});
