import { expect, test } from "vitest";
import { coreLayers } from "./layers.js";
import { verdict } from "./verdict.js";

const file = { path: "packages/core/src/ids.ts", text: "" };
const everyLayer = Object.keys(coreLayers).map((layer) => ({ path: `packages/core/src/${layer}/a.ts`, text: "" }));

test("a check that looked at no program file fails", () => {
  expect(verdict([], []).isGood).toBe(false);
  expect(verdict([{ path: "scripts/check/house.ts", text: "" }], []).isGood).toBe(false);
});

test("a check that looked at no file of one layer fails, and names it", () => {
  const { lines, isGood } = verdict(everyLayer.slice(1), []);
  expect(isGood).toBe(false);
  expect(lines[0]).toContain(`packages/core/src/${Object.keys(coreLayers)[0]}/`);
});

test("a violation fails, and tells where, what and what to do", () => {
  const violation = { path: file.path, line: 3, what: "reads the clock", todo: "Take a Clock port." };
  const { lines, isGood } = verdict([...everyLayer, file], [violation]);
  expect(isGood).toBe(false);
  expect(lines[0]).toBe("packages/core/src/ids.ts:3 reads the clock\n    Take a Clock port.");
});

test("files without a violation pass", () => {
  expect(verdict([...everyLayer, file], []).isGood).toBe(true);
});
