import { expect, test } from "vitest";
import { linearRegex } from "./linear-regex.js";

test("a pattern matches anywhere in the text", () => {
  expect(linearRegex("b+").test("abbc")).toBe(true);
  expect(linearRegex("^b+").test("abbc")).toBe(false);
});

test("a pattern that backtracks in other engines takes linear time", () => {
  expect(linearRegex("(a+)+$").test(`${"a".repeat(50_000)}!`)).toBe(false);
});

test("a pattern that is not RE2, too long, or too large is rejected", () => {
  expect(() => linearRegex("(")).toThrow("missing closing )");
  expect(() => linearRegex("a".repeat(1_001))).toThrow("longer than");
  expect(() => linearRegex("(a{500}b{500}){2}".repeat(20))).toThrow();
});

test("a pattern is compiled once and stays cached until newer ones evict it", () => {
  const first = linearRegex("kept");
  expect(linearRegex("kept")).toBe(first);
  for (let at = 0; at < 501; at += 1) linearRegex(`p${at}`);
  expect(linearRegex("kept")).not.toBe(first);
});
