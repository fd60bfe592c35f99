import { describe, expect, test } from "vitest";
import { compileCel, type StepValue } from "./expression.js";
import { ExpressionError } from "./expression-error.js";
import { baseRoots, type Names, stepFields } from "./names.js";
import { compileBareCel } from "./template.js";

const names: Names = {
  roots: new Set([...baseRoots, "item"]),
  vars: new Set(["limit"]),
  isStep: (id) => steps.includes(id),
  stepIds: () => steps,
  explain: (name) => (name === "hidden" ? { code: "out_of_scope", message: "hidden is hidden" } : null),
};
const steps = ["extract_a", "extract_b", "other"];

const scope = {
  input: { amount: 12.5, n: 2, text: "héllo wörld", xs: [5, 6, 7], none: null, "a-b": 1, deep: { a: { b: [1] } } },
  vars: { limit: 3 },
  run: { id: "r", tags: ["t"] },
  item: { x: 1 },
  extract_a: step({ t: "one" }),
  extract_b: { ...step(null), status: "skipped" },
  other: step(4),
};

function step(result: unknown): StepValue {
  return {
    result,
    status: "completed",
    error: null,
    attempts: 1,
    startedAt: null,
    endedAt: null,
    durationMs: 12,
    degraded: false,
  };
}

function evaluate(text: string): unknown {
  const compiled = compileCel(text, names);
  expect(compiled.issues).toEqual([]);
  return compiled.evaluate(scope);
}

describe("CEL", () => {
  test.each([
    ["input.amount * 2", 25],
    ["2 * input.amount", 25],
    ["input.amount + 1 > 13", true],
    ["input.n - 1", 1],
    ["input.n / 4", 0.5],
    ["5 / 2", 2],
    ["input.n % 2 == 0", true],
    ["7.5 % 2", 1.5],
    ["1 == 1.0", true],
    ["input.n == 2", true],
    ['"n=" + input.n', "n=2"],
    ['"n=" + 3', "n=3"],
    ['input.amount + " EUR"', "12.5 EUR"],
    ["input.xs[input.n]", 7],
    ["input.xs[0]", 5],
    ['input["a-b"]', 1],
    ["input.xs.map(x, x * 2)", [10, 12, 14]],
    ["input.xs.map(x, x > 5, x)", [6, 7]],
    ["input.xs.filter(x, x > 5).size()", 2],
    ["input.xs.exists(x, x == 7) && input.xs.all(x, x > 1)", true],
    ["size(input.text)", 11],
    ["cel.bind(a, input.n, a + a)", 4],
    ["has(input.nothing)", false],
    ["input.?nothing.orValue(9)", 9],
    ["input.?nothing", null],
    ["{'a': 1, 'b': [1, 2.5, 'x']}", { a: 1, b: [1, 2.5, "x"] }],
    ["timestamp('2026-01-02T03:04:05Z')", "2026-01-02T03:04:05.000Z"],
    ["duration('90s')", "90s"],
    ["b'abc'", "YWJj"],
    ["7u", 7],
    ["type(input.n) == double", true],
    ["regex(input.text, 'w.rld$')", true],
    ["regex(input.text, '^world')", false],
    ["extract_a.result.t", "one"],
    ["extract_b.status", "skipped"],
    ["other.durationMs + other.attempts", 13],
    ["run.tags[0] + vars.limit", "t3"],
    ["item.x", 1],
    ["input.none == null", true],
    ["input.xs.map(input, input)", [5, 6, 7]],
  ])("%s is %j", (text, value) => {
    expect(evaluate(text)).toEqual(value);
  });

  test.each([
    ["extract_*.result", [{ t: "one" }, null]],
    ["extract_*.status", ["completed", "skipped"]],
    ["extract_*.result.filter(r, r != null).map(r, r.t)", ["one"]],
    ["size(extract_*.result) * 2", 4],
    ["'extract_*.result' + extract_a.result.t", "extract_*.resultone"],
    ["[extract_*.status, o*.result, e*.attempts]", [["completed", "skipped"], [4], [1, 1]]],
  ])("the wildcard in %s returns %j", (text, value) => {
    expect(evaluate(text)).toEqual(value);
  });

  test("a value that is already plain is returned without a copy", () => {
    expect(compileCel("input", names).evaluate(scope)).toBe(scope.input);
  });

  test("data can have a key named constructor", () => {
    const data = JSON.parse('{"constructor":{"a":[{"constructor":1,"b":2}]},"__proto__":{"c":3}}');
    const read = (text: string) => compileCel(text, names).evaluate({ input: data });
    expect(read("input.constructor.a[0].constructor + input.constructor.a[0].b")).toBe(3);
    expect(read("input.__proto__.c")).toBe(3);
    expect(JSON.stringify(read("input"))).toBe(JSON.stringify(data));
  });
});

describe("references", () => {
  const referencesOf = (text: string) => compileCel(text, names).references;

  test("are the names of the scope, without variables bound by macros", () => {
    const { roots, steps: read } = referencesOf("input.xs.map(x, x + other.result).exists(y, y > vars.limit)");
    expect([...roots].sort()).toEqual(["input", "vars"]);
    expect([...read]).toEqual(["other"]);
  });

  test.each([
    ["extract_a.status == 'completed'", ["extract_a"]],
    ["extract_a['status'] == 'completed' || other.result == 1", ["extract_a"]],
    ["extract_*.status.all(s, s == 'completed')", ["extract_a", "extract_b"]],
    ["[extract_b].all(s, s.status == 'failed')", ["extract_b"]],
    ["extract_a.result.status == 1", []],
    ["input.status == 1", []],
  ])("%s reads the status of %j", (text, ids) => {
    expect([...referencesOf(text).statusOf]).toEqual(ids);
  });

  test("include names inside a computed index", () => {
    const { roots, steps: read } = referencesOf("input.xs[other.result].a[item.x]");
    expect([...roots].sort()).toEqual(["input", "item"]);
    expect([...read]).toEqual(["other"]);
  });
});

describe("a mistake has a code and a position", () => {
  test.each([
    ["1 + ", "bad_expression", 4],
    ["input.xs +", "bad_expression", 10],
    ["'a' == 1", "bad_expression", 0],
    ["foo(1)", "bad_expression", 0],
    ["input.s.matches('x')", "bad_expression", 0],
    ["'x'.matches('x') || true", "bad_expression", 0],
    ["extrakt_a.result", "unknown_step", 0],
    ["1 + extract_a.text", "unknown_field", 4],
    ["run.nme", "unknown_field", 0],
    ["1 + vars.lmit", "unknown_variable", 4],
    ["vars['lmit']", "unknown_variable", 0],
    ["hidden.result", "out_of_scope", 0],
    ["secret.KEY", "not_supported_yet", 0],
    ["index + 1", "unknown_step", 0],
    ["nothing_*.result", "empty_wildcard", 0],
    ["extract_*.resutl", "unknown_field", 0],
    ["true ? 1 : 'a'", "bad_expression", 0],
    ["input.xs.map(a, input.xs.map(b, input.xs.map(c, input.xs.map(d, d))))", "limit_exceeded", 48],
    ["_w + _v + _u + _t + e*.result", "bad_expression", 0],
  ])("%s", (text, code, offset) => {
    const [issue] = compileCel(text, names).issues;
    expect(issue).toMatchObject({ code, source: text });
    expect(issue?.offset).toBe(offset);
  });

  test.each([
    ["61 parentheses", `${"(".repeat(61)}1${")".repeat(61)}`],
    ["a list of 502", `[${"1,".repeat(501)}1]`],
    ["1,100 additions", `1${" + 1".repeat(1_100)}`],
    ["8,000 negations", `${"!".repeat(8_000)}true`],
    ["8,193 characters", "x".repeat(8_193)],
    ["65 wildcards", Array.from({ length: 65 }, () => "e*.result").join("+")],
    ["33 arguments", `f(${Array.from({ length: 33 }, () => "1").join(",")})`],
    ["a selection 61 deep", `input${".a".repeat(61)}`],
  ])("%s exceed a limit", (_name, text) => {
    expect(compileCel(text, names).issues.map(({ code }) => code)).toEqual(["limit_exceeded"]);
  });

  test("a typo gets a suggestion", () => {
    expect(compileCel("extract_a.text", names).issues[0]?.message).toContain('Did you mean "extract_a.result.text"?');
    expect(compileCel("extrct_a.result", names).issues[0]?.message).toContain('Did you mean "extract_a"?');
    expect(compileCel("vars.lmit", names).issues[0]?.message).toContain('Did you mean "limit"?');
    expect(compileCel("other.resutl", names).issues[0]?.message).toContain('Did you mean "result"?');
  });

  test("all unknown names in an expression are reported", () => {
    expect(compileCel("a1.result + b1.result + vars.c", names).issues).toHaveLength(3);
  });

  test("a variable read as optional is valid", () => {
    expect(compileCel("has(vars.lmit) || vars.?lmit.hasValue()", names).issues).toEqual([]);
  });

  test("evaluating an invalid expression throws its issue", () => {
    expect(() => compileCel("1 +", names).evaluate({})).toThrow(ExpressionError);
  });
});

describe("an evaluation error is an ExpressionError with its position in the source", () => {
  test.each([
    ["{{ input.missing }}", "validation", 9],
    ["{{ input.n / 0 }}", "validation", 2],
    ["{{ 9007199254740993 }}", "validation", 2],
    ["{{ -9007199254740993 }}", "validation", 2],
    ["{{ 18446744073709551615u }}", "validation", 2],
    ["{{ double('nan') }}", "validation", 2],
    ["{{ type(1) }}", "validation", 2],
    ["{{ cel }}", "validation", 2],
    ["{{ input.xs[9] }}", "validation", 3],
    ["{{ regex('a', '(') }}", "validation", 2],
    ["{{ regex('a', input.text + '(?=a)') }}", "validation", 2],
    ["{{ input.text - 1 }}", "validation", 3],
  ])("%s", (text, type, offset) => {
    const compiled = compileBareCel(text, names);
    expect(compiled.issues).toEqual([]);
    const error = errorOf(() => compiled.evaluate(scope));
    expect(error).toMatchObject({ name: "ExpressionError", type, source: text });
    expect(error.offset).toBe(offset);
  });

  test("a name missing from the scope is an error that names it", () => {
    const error = errorOf(() => compileCel("input.a", names).evaluate({}));
    expect(error.message).toContain("input");
  });

  test("a wildcard yields null for steps missing from the scope", () => {
    expect(compileCel("extract_*.result", names).evaluate({ extract_a: null })).toEqual([null, null]);
  });
});

test("every field of a step can be read", () => {
  for (const field of stepFields) expect(compileCel(`other.${field}`, names).issues).toEqual([]);
});

test("a compiled expression can be evaluated with many scopes", () => {
  const compiled = compileCel("input.n * 2", names);
  const values = Array.from({ length: 1_000 }, (_, n) => compiled.evaluate({ input: { n } }));
  expect(values).toEqual(Array.from({ length: 1_000 }, (_, n) => n * 2));
});

function errorOf(work: () => unknown): ExpressionError {
  try {
    work();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
