import { expect, test } from "vitest";
import { replaceWildcards } from "./wildcard.js";

test.each([
  ["extract_*.result", ["extract_"]],
  ["a*.b + c*.d", ["a", "c"]],
  ["size(extract_*.result)", ["extract_"]],
  ["'extract_*.result'", []],
  ['"x" + "a*.b" + a*.b', ["a"]],
  ["'''a*.b' ''' + a*.b", ["a"]],
  ["r'\\' + a*.b", []],
  ["input.a*.b", []],
  ["a * b.c", []],
  ["a*b.c", []],
  ["2*.5", []],
  ["a*.5", []],
  ["a* .b", []],
])("%s contains the wildcards %j", (source, prefixes) => {
  const { text, wildcards } = replaceWildcards(source);
  expect(wildcards.map(({ prefix }) => prefix)).toEqual(prefixes);
  expect(text).toHaveLength(source.length);
  for (const { name, offset, prefix } of wildcards) {
    expect(text.startsWith(name, offset)).toBe(true);
    expect(source.startsWith(`${prefix}*.`, offset)).toBe(true);
  }
});

test("replaces a wildcard with a name that the text does not use", () => {
  expect(replaceWildcards("xs.map(_w0, a*.b)").wildcards[0]?.name).toBe("_v0");
});
