import { expect, test } from "vitest";
import { scriptHeaders } from "./script-headers.js";

test("every script has a header", () => {
  expect(scriptHeaders().length).toBeGreaterThan(10);
  expect(scriptHeaders().filter(({ purpose }) => purpose === "")).toEqual([]);
});

test.each(scriptHeaders())("$name reads the fields that its header lists, and no other", ({ fields, fieldsRead }) => {
  expect(fieldsRead.length).toBeGreaterThan(0);
  expect(fieldsRead.toSorted()).toEqual(fields.toSorted());
});
