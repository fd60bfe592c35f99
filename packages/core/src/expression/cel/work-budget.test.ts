import { describe, expect, test } from "vitest";
import { compileCel } from "../expression.js";
import { ExpressionError } from "../expression-error.js";
import { baseRoots, type Names } from "../names.js";

const names: Names = {
  roots: new Set(baseRoots),
  vars: new Set(),
  isStep: () => false,
  stepIds: () => [],
  explain: () => null,
};

const scope = {
  input: {
    xs: Array.from({ length: 2_000 }, (_, index) => index),
    text: "x".repeat(1_000_000),
    map: Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`k${index}`, index])),
    data: { constructor: 1, list: [1, 2] },
  },
};

/** Each `.map` doubles the list: a tree with 2^n leaves in memory proportional to n. */
const shared = (depth: number) =>
  `[[1]]${Array.from({ length: depth }, (_, index) => `.map(v${index}, [v${index}, v${index}])`).join("")}`;

describe("an evaluation that exceeds its work budget fails with a limit error (WB1, WB2)", () => {
  test.each([
    ["nested macros", "input.xs.map(a, input.xs.map(b, input.xs.exists(c, c < 0)))"],
    ["nested macros that swallow errors", "input.xs.exists(a, input.xs.exists(b, input.xs.exists(c, c < 0)))"],
    ["macros over the keys of a map", "input.map.all(a, input.map.all(b, a != 'x'))"],
    [
      "doubling a list",
      "cel.bind(a, input.xs + input.xs, cel.bind(b, a + a + a + a + a + a + a + a, cel.bind(c, b + b + b + b + b + b + b + b, c + c + c + c + c + c + c + c)))",
    ],
    ["doubling a string", "cel.bind(a, input.text + input.text, cel.bind(b, a + a, cel.bind(c, b + b, c + c)))"],
    ["joining a string", "[input.text, input.text, input.text, input.text, input.text].join('')"],
    ["joining with a long separator", "['a', 'b', 'c', 'd', 'e', 'f'].join(input.text)"],
    ["repeated splitting", "input.xs.map(x, input.text.split(''))"],
    ["repeated searching", "input.xs.map(x, input.text.contains('yy'))"],
    ["a pattern with many states", "regex(input.text, '((x{30}){30}y)')"],
    ["comparing shared values", `${shared(30)} == ${shared(30)}`],
    ["searching shared values", `${shared(24)} in [${shared(24)}, ${shared(24)}]`],
    ["a result with shared parts", shared(28)],
    ["a result of long strings", `[${Array.from({ length: 20 }, () => "input.text").join(",")}]`],
  ])("%s", (_name, text) => {
    const compiled = compileCel(text, names);
    expect(compiled.issues).toEqual([]);
    const evaluate = () => compiled.evaluate(scope);
    expect(evaluate).toThrow(ExpressionError);
    expect(evaluate).toThrow(expect.objectContaining({ type: "limit" }));
  });

  test("even if CEL swallows the error (WB4)", () => {
    const compiled = compileCel("input.xs.all(a, input.xs.all(b, input.xs.all(c, c >= 0))) || true", names);
    expect(() => compiled.evaluate(scope)).toThrow(expect.objectContaining({ type: "limit" }));
  });
});

describe("ordinary expressions stay within the budget", () => {
  test.each([
    ["input.xs.map(x, x * 2).size()", 2_000],
    ["input.xs.filter(x, x % 2 == 0).map(x, {'n': x}).size()", 1_000],
    ["input.xs.exists(x, input.xs[x] == 1999)", true],
    ["input.text.contains('y')", false],
    ["(input.xs + input.xs).size()", 4_000],
    ["input.xs == input.xs.map(x, x)", true],
    ["1999 in input.xs", true],
    ["'k5' in input.map", true],
    ["input.data.list == [1, 2]", true],
    ["input.data.map(k, k).size()", 2],
    ["b'ab' + b'cd' == b'abcd'", true],
    ["input.data == {'constructor': 1}", false],
    ["'a,b'.split(',').join('-')", "a-b"],
    ["regex(input.text, 'x+y')", false],
  ])("%s", (text, value) => {
    expect(compileCel(text, names).evaluate(scope)).toEqual(value);
  });

  test("the budget applies per evaluation, not per expression", () => {
    const compiled = compileCel("input.xs.map(x, x * 2).size()", names);
    for (let round = 0; round < 1_000; round += 1) expect(compiled.evaluate(scope)).toBe(2_000);
  });
});
