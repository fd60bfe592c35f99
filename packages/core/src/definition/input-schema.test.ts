import { describe, expect, test } from "vitest";
import { compileSchema } from "./input-schema.js";

const person = {
  type: "object",
  required: ["name"],
  additionalProperties: false,
  properties: {
    name: { type: "string", pattern: "^[A-Z]" },
    age: { type: "integer", minimum: 0, default: 7 },
    kind: { enum: ["a", "b"] },
    when: { type: "string", format: "date-time" },
  },
};

describe("a value is checked", () => {
  test.each([
    [{ name: "Ann" }, []],
    [{}, ["/name required"]],
    [{ name: "ann", age: -1, x: 1 }, ["/x additionalProperties", "/name pattern", "/age minimum"]],
    [{ name: "Ann", kind: "c" }, ["/kind enum"]],
    [{ name: "Ann", when: "2026-02-30T00:00:00Z" }, ["/when format"]],
    [{ name: "Ann", when: "2026-02-03T04:05:06Z" }, []],
    [[], [" type"]],
  ])("%j", (value, errors) => {
    const found = compileSchema(person).validate(value);
    expect(found.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual(errors);
  });

  test("messages state what is allowed", () => {
    expect(compileSchema(person).validate({ name: "A", kind: "c" })[0]?.message).toContain('"a", "b"');
    expect(compileSchema(person).validate({})[0]?.message).toBe("is missing");
  });

  test("defaults are filled into a copy", () => {
    const value = { name: "Ann" };
    expect(compileSchema(person).complete(value)).toEqual({ value: { name: "Ann", age: 7 }, errors: [] });
    expect(value).toEqual({ name: "Ann" });
  });

  test("at most 100 errors are reported", () => {
    const errors = compileSchema({ items: { type: "string" } }).validate(Array.from({ length: 500 }, () => 1));
    expect(errors).toHaveLength(100);
  });
});

describe("a schema is rejected", () => {
  test.each([
    ["another document", { $ref: "https://example.com/schema.json" }, "can't resolve reference"],
    ["a file", { $ref: "file:///etc/passwd" }, "can't resolve reference"],
    ["a missing definition", { $ref: "#/$defs/none" }, "can't resolve reference"],
    ["an unknown keyword", { requierd: ["a"] }, "unknown keyword"],
    ["an unknown format", { type: "string", format: "color" }, "unknown format"],
    ["an invalid keyword", { type: "strng" }, "schema is invalid"],
    ["a backreference", { type: "string", pattern: "(a)\\1" }, "invalid escape sequence"],
    ["a lookahead", { type: "string", pattern: "(?=a)" }, "invalid"],
    ["a pattern that is too long", { type: "string", pattern: "a".repeat(1_001) }, "longer than"],
    ["a pattern that is too large", { type: "string", pattern: "((a{100}){10}){10}" }, "invalid repeat"],
    ["too many bytes", { const: "x".repeat(262_145) }, "larger than"],
    ["a value that is not a schema", 7, "an object, true, or false"],
  ])("%s", (_name, schema, words) => {
    expect(() => compileSchema(schema)).toThrow(words);
  });
});

test("patterns match in linear time", () => {
  const schema = compileSchema({ type: "string", pattern: "^(a+)+$" });
  expect(schema.validate(`${"a".repeat(50_000)}!`)).toMatchObject([{ code: "pattern" }]);
});

test("text above the length limit matches no format", () => {
  const schema = compileSchema({ type: "string", format: "email" });
  expect(schema.validate("ann@example.com")).toEqual([]);
  expect(schema.validate(`${"a-".repeat(100_000)}@x`)).toMatchObject([{ code: "format" }]);
});

test("a schema with an endless self-reference is rejected", () => {
  const $defs = { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } };
  expect(() => compileSchema({ $defs, $ref: "#/$defs/a" })).toThrow("endlessly");
});

test("a value too deep for a self-referencing schema is an error, not a crash", () => {
  const schema = compileSchema({ type: "object", properties: { next: { $ref: "#" } } });
  let value: object = {};
  for (let depth = 0; depth < 4_000; depth += 1) value = { next: value };
  expect(schema.validate(value).length).toBeLessThan(2);
});

test("two schemas can have the same $id", () => {
  const first = compileSchema({ $id: "https://example.com/x", type: "string" });
  const second = compileSchema({ $id: "https://example.com/x", type: "number" });
  expect([first.validate("a"), second.validate(1)]).toEqual([[], []]);
});

test("equal schemas are compiled once and stay cached until newer ones evict them", () => {
  const schema = { type: "object", properties: { a: {}, b: {} } };
  const first = compileSchema(schema);
  expect(compileSchema({ properties: { b: {}, a: {} }, type: "object" })).toBe(first);
  for (let at = 0; at < 201; at += 1) compileSchema({ const: at });
  expect(compileSchema(schema)).not.toBe(first);
});
