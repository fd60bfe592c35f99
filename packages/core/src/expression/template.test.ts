import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baseRoots, type Names } from "./names.js";
import { compileBareCel, compileMapping, compileTemplate } from "./template.js";
import { splitTemplate } from "./template-text.js";

const names: Names = {
  roots: new Set([...baseRoots, "result"]),
  vars: new Set(["v"]),
  isStep: (id) => id === "a",
  stepIds: () => ["a"],
  explain: () => null,
};

const scope = {
  input: { name: "Ann", n: 3, list: [1, "x"], none: null, yes: true, object: { k: 1 } },
  vars: { v: 1 },
  result: { total: 7 },
  a: { result: { t: 1 }, status: "completed" },
};

function evaluate(value: unknown): unknown {
  const compiled = compileTemplate(value, names);
  expect(compiled.issues).toEqual([]);
  return compiled.evaluate(scope);
}

describe("a string that is one template keeps the type of its value", () => {
  test.each([
    ["{{ input.n }}", 3],
    ["{{input.list}}", [1, "x"]],
    ["{{ input.none }}", null],
    ["{{ input.yes }}", true],
    ["{{ a.result }}", { t: 1 }],
    ["{{ '{{' }}", "{{"],
    ["{{ '}}' }}", "}}"],
    ['{{ {"a": {"b": "}}"}}.a }}', { b: "}}" }],
    ["{{ r'\\d' }}", "\\d"],
    ["{{ '''it's {{ }} \"fine\"''' }}", 'it\'s {{ }} "fine"'],
    ['{{ """a""" + "b" }}', "ab"],
    ["{{ 'a\\'}}b' }}", "a'}}b"],
  ])("%s", (text, value) => {
    expect(evaluate(text)).toEqual(value);
  });
});

describe("a template inside text is interpolated", () => {
  test.each([
    ["Hello {{ input.name }}!", "Hello Ann!"],
    ["{{ input.n }}{{ input.n }}", "33"],
    [" {{ input.n }}", " 3"],
    ["<{{ input.none }}>", "<>"],
    ["{{ input.list }} {{ input.object }} {{ input.yes }}", '[1,"x"] {"k":1} true'],
    ["{{ '{{' }} name }}", "{{ name }}"],
    ["no template", "no template"],
    ["} }} { {", "} }} { {"],
    ["", ""],
  ])("%s", (text, value) => {
    expect(evaluate(text)).toBe(value);
  });
});

test("templates are evaluated at every depth, but not in keys", () => {
  expect(evaluate({ a: [1, { b: "{{ input.n }}", "{{ input.n }}": null }], c: true })).toEqual({
    a: [1, { b: 3, "{{ input.n }}": null }],
    c: true,
  });
});

test("a key named __proto__ does not set the prototype", () => {
  const value = evaluate(JSON.parse('{"__proto__":{"x":"{{ input.n }}"}}'));
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(JSON.stringify(value)).toBe('{"__proto__":{"x":3}}');
});

test("each evaluation returns its own copy of a constant", () => {
  const compiled = compileTemplate({ list: [1, 2] }, names);
  const first = compiled.evaluate(scope);
  expect(compiled.evaluate(scope)).toEqual(first);
  expect(compiled.evaluate(scope)).not.toBe(first);
});

test("issues carry the path of their string and the offset in it", () => {
  const { issues } = compileTemplate({ a: ["ok", "x {{ b.result }} {{ 1 + }}"], c: { d: "{{ open" } }, names);
  expect(issues).toMatchObject([
    { path: ["a", 1], code: "unknown_step", offset: 5, source: "x {{ b.result }} {{ 1 + }}" },
    { path: ["a", 1], code: "bad_expression", offset: 24 },
    { path: ["c", "d"], code: "bad_expression", offset: 0, source: "{{ open" },
  ]);
});

test.each(["{{", "a {{ b", "{{ 'x }}", "{{ {'a': 1} }", '{{ """x" }}', "{{ a } }}"])("%s has no closing }}", (text) => {
  const compiled = compileTemplate(text, names);
  expect(compiled.issues).toMatchObject([{ code: "bad_expression" }]);
  expect(() => compiled.evaluate(scope)).toThrow("no closing }}");
});

describe("bare CEL", () => {
  test.each([
    ["input.n > 2", true],
    ["{{ input.n > 2 }}", true],
    ["  {{input.n}}  ", 3],
    ["{'a': 1}", { a: 1 }],
  ])("%s", (text, value) => {
    expect(compileBareCel(text, names).evaluate(scope)).toEqual(value);
  });

  test("two templates in one string are rejected", () => {
    expect(compileBareCel("{{ input.n }} {{ input.n }}", names).issues).toMatchObject([{ code: "bad_expression" }]);
  });

  test("positions count from the beginning of the string", () => {
    expect(compileBareCel("  {{ b.result }}", names).issues).toMatchObject([{ offset: 5 }]);
  });

  test("a mapping holds one bare CEL expression per key", () => {
    const compiled = compileMapping({ total: "result.total", double: "{{ result.total * 2 }}" }, names);
    expect(compiled.evaluate(scope)).toEqual({ total: 7, double: 14 });
    expect(compileMapping({ bad: "1 +" }, names).issues).toMatchObject([{ path: ["bad"] }]);
  });
});

describe("properties", () => {
  const plainText = fc.string().filter((text) => !text.includes("{{"));

  test("text and JSON literals evaluate to the original values", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(plainText, fc.string()), { maxLength: 4 }), plainText, (pairs, last) => {
        const source = pairs.map(([text, value]) => `${safe(text)}{{ ${JSON.stringify(value)} }}`).join("") + last;
        const expected = pairs.map(([text, value]) => safe(text) + value).join("") + last;
        fc.pre(!unreadable(pairs.map(([, value]) => value)));
        expect(evaluate(source)).toBe(expected);
      }),
    );
  });

  test("the parts of a template add up to its source", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(plainText, fc.constantFrom("a", "'}}'", "{'a': {}}", '"\\"}}"')), { maxLength: 4 }),
        (pairs) => {
          const source = pairs.map(([text, cel]) => `${safe(text)}{{ ${cel} }}`).join("");
          const again = splitTemplate(source).map((part) => (part.kind === "text" ? part.text : `{{${part.text}}}`));
          expect(again.join("")).toBe(source);
        },
      ),
    );
  });

  test("JSON without braces evaluates to itself", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        fc.pre(!JSON.stringify(plain).includes("{{"));
        expect(evaluate(plain)).toEqual(plain);
      }),
    );
  });
});

/** A trailing brace in the text would join the braces of the following template. */
function safe(text: string): string {
  return text.endsWith("{") ? `${text} ` : text;
}

/** JSON writes lone surrogates as escapes, which CEL rejects. */
function unreadable(values: readonly string[]): boolean {
  return values.some((value) => /\\u[dD][89a-fA-F]/.test(JSON.stringify(value)));
}
