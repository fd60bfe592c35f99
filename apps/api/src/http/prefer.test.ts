import { expect, test } from "vitest";
import { Prefer } from "./prefer.js";

test.each([
  ["wait=10", 10],
  ["respond-async, wait=5", 5],
  ['WAIT="7"; foo=bar', 7],
  [" wait = 3 ", 3],
  ["wait=0", 0],
  ["respond-async", undefined],
  ["wait=-1", undefined],
  ["wait=abc", undefined],
  ["await=3", undefined],
  ["", undefined],
])("Prefer: %s asks to wait %s seconds", (header, seconds) => {
  expect(Prefer.parse(header)).toBe(seconds);
});
