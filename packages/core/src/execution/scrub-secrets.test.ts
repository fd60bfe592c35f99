import { expect, test } from "vitest";
import { scrubber } from "./scrub-secrets.js";

test.each([
  ["a value", { TOKEN: "s3cret" }, '{"a":"s3cret"}', '{"a":"[secret TOKEN]"}'],
  ["every occurrence inside text", { TOKEN: "s3cret" }, '"s3cret and s3cret"', '"[secret TOKEN] and [secret TOKEN]"'],
  ["a value that JSON escapes", { TOKEN: 'pa"ss\n' }, JSON.stringify('x pa"ss\n y'), '"x [secret TOKEN] y"'],
  ["the longer of two overlapping secrets", { A: "abcd", B: "abcdef" }, '"abcdef abcd"', '"[secret B] [secret A]"'],
  ["secrets in key names", { TOKEN: "s3cret" }, '{"s3cret":1}', '{"[secret TOKEN]":1}'],
])("removes %s", (_title, secrets, json, expected) => {
  expect(scrubber(secrets)?.(json)).toBe(expected);
});

test.each([
  ["no secrets", {}],
  ["secrets of three characters, which can occur by chance", { SHORT: "abc" }],
])("scrubbing does nothing for %s", (_title, secrets) => {
  expect(scrubber(secrets)).toBeNull();
});
