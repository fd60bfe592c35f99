import { expect, test } from "vitest";
import { isPlainObject } from "./plain-object.js";
import { tryParseJson } from "./try-parse-json.js";
import { pointerTo, walkJson } from "./walk-json.js";

test("every value is visited with its depth and pointer, parents first and in order", () => {
  const places = [...walkJson({ a: [1, { "b/c": null }], d: "x" })];
  expect(places.map((place) => [pointerTo(place), place.depth])).toEqual([
    ["", 0],
    ["/a", 1],
    ["/a/0", 2],
    ["/a/1", 2],
    ["/a/1/b~1c", 3],
    ["/d", 1],
  ]);
});

test("a value that may not be entered is visited without what is inside", () => {
  const places = [...walkJson({ a: { b: 1 }, c: 2 }, ({ key }) => key !== "a")];
  expect(places.map((place) => pointerTo(place))).toEqual(["", "/a", "/c"]);
});

test("the pointer of an ancestor is the beginning of a place's pointer", () => {
  const deepest = [...walkJson({ a: { b: { c: 1 } } })].at(-1);
  expect(deepest && pointerTo(deepest, 2)).toBe("/a/b");
});

test("100,000 levels are walked without recursion", () => {
  const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
  let depth = 0;
  for (const place of walkJson(deep)) depth = place.depth;
  expect(depth).toBe(99_999);
});

test("an own key called __proto__ is visited as it was written", () => {
  const places = [...walkJson(JSON.parse('{"__proto__":{"admin":true}}'))];
  expect(places.map((place) => pointerTo(place))).toEqual(["", "/__proto__", "/__proto__/admin"]);
});

test.each([
  [{}, true],
  [Object.create(null), true],
  [[], false],
  [null, false],
  ["text", false],
])("%j as a plain object: %s", (value, expected) => {
  expect(isPlainObject(value)).toBe(expected);
});

test("a text that is not JSON parses to undefined", () => {
  expect(tryParseJson("null")).toBeNull();
  expect(tryParseJson("{")).toBeUndefined();
});
