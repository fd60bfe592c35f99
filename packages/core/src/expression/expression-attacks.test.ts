import { describe, expect, test } from "vitest";
import { compileCel } from "./expression.js";
import { ExpressionError } from "./expression-error.js";
import { baseRoots, type Names } from "./names.js";
import { compileTemplate } from "./template.js";

/** Property names that lead out of plain data in JavaScript. */
const gates = [
  "constructor",
  "__proto__",
  "prototype",
  "__defineGetter__",
  "__defineSetter__",
  "__lookupGetter__",
  "__lookupSetter__",
  "hasOwnProperty",
  "isPrototypeOf",
  "propertyIsEnumerable",
  "toLocaleString",
  "toString",
  "valueOf",
  "length",
  "caller",
  "callee",
  "arguments",
  "call",
  "apply",
  "bind",
];

/** Ways to reach one. */
const ways: readonly ((gate: string) => string)[] = [
  (gate) => gate,
  (gate) => `input.${gate}`,
  (gate) => `input["${gate}"]`,
  (gate) => `input.list.${gate}`,
  (gate) => `input.text["${gate}"]`,
  (gate) => `a.${gate}.name`,
  (gate) => `a.result.${gate}.constructor("return process")()`,
  (gate) => `[input].map(x, x["${gate}"])`,
  (gate) => `{}.${gate}`,
  (gate) => `cel.${gate}`,
  (gate) => `cel["${gate}"]`,
  (gate) => `cel.?${gate}`,
  (gate) => `dyn(optional)[?"${gate}"].value()`,
  (gate) => `[cel].map(c, c.${gate})`,
  (gate) => `cel.bind(t, timestamp("2026-01-01T00:00:00Z"), t["${gate}"])`,
  (gate) => `optional.of(duration("1s")).?${gate}.value()`,
  (gate) => `input.${gate}()`,
];

const globals = [
  "globalThis",
  "process.env",
  "global.process",
  "require('fs')",
  "module",
  "this",
  "self",
  "eval('1')",
  "Function('return 1')()",
  "Object.keys(input)",
  "Reflect.ownKeys(input)",
  "Symbol.iterator",
  "import('fs')",
  "new Date()",
  "console.log(1)",
  "Buffer.from('a')",
  "setTimeout(1)",
  "fetch('http://localhost')",
  "async",
  "await x",
  "input.map(x => x)",
  "`${process}`",
  "input['__proto__']['polluted'] = 1",
  "(function(){})()",
  "google.protobuf.constructor",
  "optional.constructor",
  "optional.none().constructor",
  "b'a'.constructor",
  "timestamp('2026-01-01T00:00:00Z').constructor",
  "type(input).constructor",
  "duration('1s')['constructor']",
  "1u.constructor",
];

const payloads = [...gates.flatMap((gate) => ways.map((way) => way(gate))), ...globals];

const names: Names = {
  roots: new Set(baseRoots),
  vars: new Set(),
  isStep: (id) => id === "a",
  stepIds: () => ["a"],
  explain: () => null,
};

const scope = {
  input: { list: [1], text: "x", number: 1 },
  vars: {},
  run: {},
  a: { result: { x: 1 }, status: "completed" },
};

test("covers at least 200 distinct payloads", () => {
  expect(new Set(payloads).size).toBeGreaterThanOrEqual(200);
});

describe("no expression reaches a prototype, a function, or the process (WB3)", () => {
  test.each(payloads)("%s", (payload) => {
    for (const text of [payload, `size(string(${payload})) > 0`, `[${payload}]`, `has(${payload}.x)`]) {
      expect(() => {
        const value = compileCel(text, names).evaluate(scope);
        // `has` may return false.
        if (value !== false) throw new Error(`gave ${JSON.stringify(value)}`);
      }).toSatisfy(refusedOrFalse);
    }
    expect(Object.prototype).not.toHaveProperty("polluted");
  });
});

test.each(gates)("has() does not see %s on CEL's own objects", (gate) => {
  const roots = [
    "cel",
    "optional",
    'timestamp("2026-01-01T00:00:00Z")',
    'duration("1s")',
    "b'a'",
    "1u",
    "input.number",
  ];
  for (const root of roots)
    for (const text of [
      `has(cel.${gate})`,
      `[${root}].exists(c, has(c.${gate}))`,
      `cel.bind(c, ${root}, has(c.${gate}))`,
    ])
      expect(() => {
        if (compileCel(text, names).evaluate(scope) !== false) throw new Error(`${text} saw it`);
      }).toSatisfy(refusedOrFalse);
});

test("has() sees data under any key name", () => {
  const input = JSON.parse('{"constructor":{"__proto__":{"a":1}}}');
  const has = (text: string) => compileCel(text, names).evaluate({ input });
  expect(has("has(input.constructor)")).toBe(true);
  expect(has("has(input.constructor.__proto__.a)")).toBe(true);
  expect(has("has(input.constructor.__proto__.b)")).toBe(false);
  expect(has("has(input.constructor.?nothing.a)")).toBe(false);
});

test("no template reaches them either", () => {
  for (const payload of payloads) {
    expect(() => compileTemplate({ deep: [`{{ ${payload} }}`] }, names).evaluate(scope)).toThrow(ExpressionError);
  }
});

test("inherited properties are invisible at every level of the scope", () => {
  const inherited = Object.create({ hidden: 1, input: { a: 1 } });
  expect(() => compileCel("input.a", names).evaluate(inherited)).toThrow(ExpressionError);
  expect(() => compileCel("input.hidden", names).evaluate({ input: inherited })).toThrow(ExpressionError);
});

test("a map literal cannot set a prototype", () => {
  const value = compileCel(`{"__proto__": {"polluted": 1}, "a": 1}`, names).evaluate(scope);
  expect(value).toEqual({ a: 1 });
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

function refusedOrFalse(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    return error instanceof ExpressionError;
  }
}
