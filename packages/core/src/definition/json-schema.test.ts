import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { definitionJsonSchema, parseDefinition } from "../kinds/language.js";

describe("the published JSON Schema", () => {
  test("matches the language (update it with vitest -u)", async () => {
    const text = `${JSON.stringify(definitionJsonSchema(), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot("../../schema/baton-v1.schema.json");
  });

  const validate = new Ajv2020({ strict: false }).compile(definitionJsonSchema());
  const action = { action: "core.noop" };
  const workflow = (step: unknown, more: object = {}) => ({
    apiVersion: "baton/v1",
    name: "w",
    version: "1.0.0",
    steps: { a: step },
    ...more,
  });

  test.each([
    ["an action", workflow(action), true],
    ["an action with everything", workflow({ ...action, type: "action", timeout: "5m", retry: { attempts: 2 } }), true],
    ["a parallel", workflow({ type: "parallel", steps: { b: action } }), true],
    ["a map", workflow({ type: "map", over: "input.xs", step: action }), true],
    ["a conditional", workflow({ type: "conditional", cases: [{ if: true, steps: { b: action } }] }), true],
    ["an unknown key", workflow({ ...action, wiht: {} }), false],
    ["an unknown kind", workflow({ type: "loop", steps: {} }), false],
    ["an unknown top key", workflow(action, { sla: {} }), false],
    ["a bad duration", workflow({ ...action, timeout: "5 min" }), false],
    ["a bad step id", { ...workflow(action), steps: { A: action } }, false],
    ["no steps", { ...workflow(action), steps: undefined }, false],
  ])("agrees with the language about %s", (_name, source, valid) => {
    const value: unknown = JSON.parse(JSON.stringify(source));
    expect(validate(value)).toBe(valid);
    expect(parseDefinition(value).definition !== null).toBe(valid);
  });
});
