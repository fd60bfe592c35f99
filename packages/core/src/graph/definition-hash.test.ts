import { expect, test } from "vitest";
import { validateDefinition } from "./checks/validate-definition.js";
import { definitionHash } from "./definition-hash.js";

function hashOf(source: unknown): string {
  const { definition } = validateDefinition(source);
  if (definition === null) throw new Error("the definition has problems");
  return definitionHash(definition);
}

const base = { apiVersion: "baton/v1", name: "w", version: "1.0.0" };
const a = { action: "x", with: { p: 1, q: 2 } };
const inside = (steps: object) => [
  { type: "parallel", steps },
  { type: "map", over: "input", steps },
  { type: "map", over: "input", step: { type: "parallel", steps } },
  { type: "conditional", cases: [{ if: true, steps }] },
  { type: "conditional", cases: [{ if: true, steps: { c: a } }], else: { steps } },
];

test("the hash ignores the order of keys, and whether defaults are written out", () => {
  const hash = hashOf({ ...base, steps: { a, b: a } });
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(
    hashOf({
      steps: { a: { with: { q: 2, p: 1 }, action: "x", timeout: "5m" }, b: a },
      version: "1.0.0",
      name: "w",
      apiVersion: "baton/v1",
    }),
  ).toBe(hash);
});

test("the hash depends on the order of steps at every depth", () => {
  expect(hashOf({ ...base, steps: { b: a, a } })).not.toBe(hashOf({ ...base, steps: { a, b: a } }));
  const there = inside({ a, b: a }).map((one) => hashOf({ ...base, steps: { p: one } }));
  const back = inside({ b: a, a }).map((one) => hashOf({ ...base, steps: { p: one } }));
  expect(new Set([...there, ...back]).size).toBe(there.length * 2);
});

test("the hash depends on everything else", () => {
  const hash = hashOf({ ...base, steps: { a } });
  expect(hashOf({ ...base, version: "1.0.1", steps: { a } })).not.toBe(hash);
  expect(hashOf({ ...base, steps: { a: { ...a, timeout: "6m" } } })).not.toBe(hash);
});
