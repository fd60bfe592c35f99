import { problemCatalog } from "@batonrun/contract";
import { describe, expect, test } from "vitest";
import { refusedStepIds, stepFields } from "../../expression/names.js";
import { type ValidateOptions, validateDefinition } from "./validate-definition.js";

const head = "apiVersion: baton/v1\nname: w\nversion: 1.0.0\nsteps:\n";

function told(text: string, options: ValidateOptions = {}): readonly string[] {
  const { problems } = validateDefinition(text, options);
  return problems.map(({ line, column, code, pointer }) => `${line}:${column} ${code} ${pointer}`);
}

function steps(source: object, more: object = {}): object {
  return { apiVersion: "baton/v1", name: "w", version: "1.0.0", steps: source, ...more };
}

function messagesOf(source: object, options: ValidateOptions = {}): readonly string[] {
  return validateDefinition(source, options).problems.map(({ code, message }) => `${code}: ${message}`);
}

const action = { action: "x" };

describe("problems between steps", () => {
  test.each([
    [
      "an unknown step in needs",
      "  a: { action: x, needs: [bb] }\n  b: { action: x }\n",
      ["5:27 unknown_step /steps/a/needs/0"],
    ],
    [
      "a step twice in needs",
      "  a: { action: x, needs: [b, b] }\n  b: { action: x }\n",
      ["5:30 duplicate_need /steps/a/needs/1"],
    ],
    [
      "an unknown step in a template",
      '  a: { action: x, with: "hello {{ bb.result }}" }\n',
      ["5:35 unknown_step /steps/a/with"],
    ],
    ["itself in needs", "  a: { action: x, needs: [a] }\n", ["5:27 cycle /steps/a/needs/0"]],
    ["its own result", '  a: { action: x, with: "{{ a.result }}" }\n', ["5:29 cycle /steps/a/with"]],
    [
      "the enclosing container",
      '  p: { type: parallel, steps: { a: { action: x, with: "{{ p.result }}" } } }\n',
      ["5:59 cycle /steps/p/steps/a/with"],
    ],
    [
      "a step inside a container",
      "  p: { type: parallel, steps: { a: { action: x } } }\n  b: { action: x, needs: [a] }\n",
      ["6:27 out_of_scope /steps/b/needs/0"],
    ],
    [
      "a step of another case",
      "  c: { type: conditional, cases: [{ if: true, steps: { a: { action: x } } }], else: { steps: { b: { action: x, needs: [a] } } } }\n",
      ["5:120 out_of_scope /steps/c/else/steps/b/needs/0"],
    ],
    [
      "the names that every object inherits",
      "  a: { action: x, needs: [constructor, __proto__], if: toString == 1 }\n",
      ["5:27 unknown_step /steps/a/needs/0", "5:40 unknown_step /steps/a/needs/1", "5:56 unknown_step /steps/a/if"],
    ],
    ["item outside a map", '  a: { action: x, with: "{{ item }}" }\n', ["5:29 out_of_scope /steps/a/with"]],
    [
      "item in a map's own over",
      "  m: { type: map, over: item, step: { action: x } }\n",
      ["5:25 out_of_scope /steps/m/over"],
    ],
    ["result outside output", '  a: { action: x, with: "{{ result }}" }\n', ["5:29 out_of_scope /steps/a/with"]],
    ["error outside catch", "  a: { action: x, if: error.type == 'x' }\n", ["5:23 out_of_scope /steps/a/if"]],
    [
      "iteration outside a loop",
      '  a: { action: x, with: "{{ iteration }} {{ last }}" }\n',
      ["5:29 out_of_scope /steps/a/with", "5:45 out_of_scope /steps/a/with"],
    ],
    ["a secret", '  a: { action: x, with: "{{ secret.KEY }}" }\n', ["5:29 not_supported_yet /steps/a/with"]],
    [
      "a step that shadows an outer step",
      "  a: { action: x }\n  p: { type: parallel, steps: { a: { action: x } } }\n",
      ["6:33 shadowed_step /steps/p/steps/a"],
    ],
    [
      "a step that shadows its container",
      "  p: { type: parallel, steps: { q: { type: parallel, steps: { p: { action: x } } } } }\n",
      ["5:63 shadowed_step /steps/p/steps/q/steps/p"],
    ],
    ["a condition that is not a boolean", "  a: { action: x, if: 1 + 1 }\n", ["5:23 bad_expression /steps/a/if"]],
    [
      "a list that is not a list",
      "  m: { type: map, over: \"'abc'\", step: { action: x } }\n",
      ["5:26 bad_expression /steps/m/over"],
    ],
    ["a bad output", "  a: { action: x, output: { n: 1 + } }\n", ["5:35 bad_expression /steps/a/output/n"]],
    [
      "a bad case",
      "  c: { type: conditional, cases: [{ if: nope.result, steps: { a: { action: x } } }] }\n",
      ["5:41 unknown_step /steps/c/cases/0/if"],
    ],
    ["a bad input schema", "  a: { action: x }\ninput: { type: strng }\n", ["6:8 bad_schema /input"]],
    [
      "a bad output schema",
      "  a: { action: x, outputSchema: { $ref: 'https://example.com' } }\n",
      ["5:33 bad_schema /steps/a/outputSchema"],
    ],
    [
      "a template in vars",
      '  a: { action: x }\nvars: { a: ["{{ input }}"], b: { c: "{{" } }\n',
      ["6:13 bad_expression /vars/a/0", "6:37 bad_expression /vars/b/c"],
    ],
    [
      "a run output that reads an unknown step",
      '  a: { action: x }\noutput: "{{ b.result }}"\n',
      ["6:13 unknown_step /output"],
    ],
    [
      "an expression in a folded string",
      "  a:\n    action: x\n    with: >-\n      hello\n      {{ bb.result }}\n",
      ["7:11 unknown_step /steps/a/with"],
    ],
  ])("%s", (_name, text, problems) => {
    expect(told(head + text)).toEqual(problems);
  });

  test("a reference into a container suggests how to read its result", () => {
    const source = steps({ p: { type: "parallel", steps: { a: action } }, b: { ...action, with: "{{ a.result }}" } });
    expect(messagesOf(source).join()).toContain("p.result.results");
  });

  test("suggestions come from the visible steps", () => {
    const source = steps({ extract: action, b: { ...action, needs: ["extrct"], with: "{{ extrakt.result }}" } });
    expect(messagesOf(source)).toEqual([
      expect.stringContaining('Did you mean "extract"?'),
      expect.stringContaining('Did you mean "extract"?'),
    ]);
  });

  test("two cycles are two problems, and a step that waits for a cycle is none", () => {
    const need = (...needs: string[]) => ({ ...action, needs });
    const source = steps({
      a: need("b"),
      b: need("a"),
      c: need("d", "a"),
      d: need("e"),
      e: need("c", "d"),
      f: need("c"),
      g: need(),
    });
    expect(messagesOf(source)).toEqual([
      "cycle: steps depend on each other in a cycle: a -> b -> a (each needs the next)",
      "cycle: steps depend on each other in a cycle: c -> d -> e -> c (each needs the next)",
    ]);
  });

  test("a cycle through a container names the container", () => {
    const inner = { action: "x", with: "{{ b.result }}" };
    const source = steps({
      p: { type: "map", over: "input", step: { type: "parallel", steps: { a: inner } } },
      b: { ...action, needs: ["p"] },
    });
    expect(messagesOf(source).join()).toContain("p -> b -> p");
  });

  test("a cycle inside a container is reported there", () => {
    const circle = { x: { ...action, needs: ["y"] }, y: { ...action, needs: ["x"] } };
    const { problems } = validateDefinition(steps({ p: { type: "parallel", steps: circle } }));
    expect(problems).toMatchObject([{ code: "cycle", pointer: "/steps/p/steps/x" }]);
  });

  test("a long cycle is cut in the message", () => {
    const ring = Object.fromEntries(
      Array.from({ length: 80 }, (_, at) => [`s${at}`, { ...action, needs: [`s${(at + 1) % 80}`] }]),
    );
    expect(messagesOf(steps(ring))).toEqual([expect.stringContaining("s49 -> (30 more) -> s0 (each")]);
  });
});

describe("reserved words", () => {
  test.each([...refusedStepIds])("%s cannot be a step id, %s_ can", (id) => {
    const { problems } = validateDefinition(steps({ [id]: action }));
    expect(problems.map(({ code }) => code)).toEqual(["bad_step_id"]);
    expect(problems[0]?.message).toContain(`"${id}_"`);
    const other = { ...action, with: `{{ ${id}_.result }}` };
    expect(messagesOf(steps({ [`${id}_`]: action, other }))).toEqual([]);
  });

  test.each(["size", "has", "dyn", "timestamp", "duration", "matches", "regex", "e", "r", "b", "u", "x_1", "result_"])(
    "%s is a step id that expressions can read",
    (id) => {
      const { graph, problems } = validateDefinition(
        steps({ [id]: action, other: { ...action, with: `{{ ${id}.result }}` } }),
      );
      expect(problems).toEqual([]);
      expect(graph?.nodes.get("other")?.dependencies).toEqual([id]);
    },
  );
});

describe("problems of the format do not hide those of the graph", () => {
  test("in one pass, sorted by line", () => {
    const text = `${head}  a: { action: x, extra: 1, needs: [zz] }
  b: { action: x, timeout: never, with: "{{ a.resutl }}" }
  c: { type: loop }
  d: { action: x, needs: [c, b], with: "{{ c.result }}" }
  e: { }
  f: { action: x, needs: [e, g] }
  g: { action: x, needs: [f] }
`;
    expect(told(text)).toEqual([
      "5:19 unknown_key /steps/a/extra",
      "5:37 unknown_step /steps/a/needs/0",
      "6:28 bad_duration /steps/b/timeout",
      "6:45 unknown_field /steps/b/with",
      "7:14 not_supported_yet /steps/c/type",
      "9:3 missing_key /steps/e/action",
      "10:3 cycle /steps/f",
    ]);
  });

  test("even if the header is missing", () => {
    expect(validateDefinition({ steps: { a: { ...action, needs: ["b"] } } }).problems.map(({ code }) => code)).toEqual([
      "missing_key",
      "missing_key",
      "unknown_step",
      "missing_key",
    ]);
  });

  test("unreadable text is the only problem reported", () => {
    expect(validateDefinition("a: [").problems.map(({ code }) => code)).toEqual(["syntax"]);
    expect(validateDefinition(7)).toMatchObject({ definition: null, graph: null });
  });
});

describe("actions", () => {
  const actions = [
    {
      name: "text.extract",
      input: {
        type: "object",
        required: ["document"],
        additionalProperties: false,
        properties: {
          document: { type: "string" },
          pages: { type: "integer" },
          deep: { type: "object", properties: { n: { type: "number" } } },
        },
      },
    },
    { name: "odd.schema", input: { type: "nonsense" } },
    { name: "no.schema" },
  ];
  const withOf = (values: unknown, name = "text.extract") => steps({ a: { action: name, with: values } });

  test("that no worker announced cause warnings with a suggestion", () => {
    const { graph, problems } = validateDefinition(steps({ a: { action: "text.extrct" } }), { actions });
    expect(graph).not.toBeNull();
    expect(problems).toMatchObject([{ severity: "warning", code: "unknown_action", pointer: "/steps/a/action" }]);
    expect(problems[0]?.message).toContain('Did you mean "text.extract"?');
  });

  test("are not checked if the announced actions are unknown", () => {
    expect(messagesOf(steps({ a: { action: "nobody.knows" } }))).toEqual([]);
  });

  test.each([
    [{ document: "x" }, []],
    [{ document: "{{ input.d }}", pages: "{{ input.n }}", deep: { n: "{{ input.n }}" } }, []],
    ["{{ input }}", []],
    [{}, ["/steps/a/with/document"]],
    [{ document: 7, pagse: 1 }, ["/steps/a/with/document", "/steps/a/with/pagse"]],
    [{ document: "x", deep: { n: "one" } }, ["/steps/a/with/deep/n"]],
    [{ document: ["{{ input.d }}"] }, ["/steps/a/with/document"]],
  ])("given %j cause warnings about %j", (values, pointers) => {
    const { problems } = validateDefinition(withOf(values), { actions });
    expect(problems.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(problems.every(({ severity, code }) => severity === "warning" && code === "input_mismatch")).toBe(true);
  });

  test("whose schema is missing or unusable accept any input", () => {
    expect(messagesOf(withOf({ x: 1 }, "odd.schema"), { actions })).toEqual([]);
    expect(messagesOf(withOf({ x: 1 }, "no.schema"), { actions })).toEqual([]);
  });
});

describe("steps that can never run are warnings", () => {
  test("if their condition is always false, or if none of their dependencies can run", () => {
    const source = steps({
      late: { ...action, needs: ["b"] },
      a: { ...action, if: false },
      b: { ...action, needs: ["a"] },
      c: { ...action, needs: ["a", "d"] },
      d: action,
      e: { ...action, if: "a.status == 'skipped'" },
      f: { ...action, if: "1 > 2" },
      g: { ...action, if: "1 / 0 == 1" },
      h: { ...action, if: true },
    });
    const { graph, problems } = validateDefinition(source);
    expect(graph).not.toBeNull();
    expect(problems.every(({ severity, code }) => severity === "warning" && code === "unreachable_step")).toBe(true);
    expect(problems.map(({ pointer }) => pointer)).toEqual(["/steps/a/if", "/steps/b", "/steps/f/if", "/steps/late"]);
  });
});

describe("limits", () => {
  const limited = (source: object, limits: ValidateOptions["limits"]) =>
    validateDefinition(source, { limits: { ...limits } }).problems;

  test("of steps", () => {
    const three = steps({ a: action, b: { type: "parallel", steps: { c: action } } });
    expect(limited(three, { maxSteps: 3 })).toEqual([]);
    expect(limited(three, { maxSteps: 2 })).toMatchObject([{ code: "limit_exceeded", pointer: "/steps" }]);
  });

  test("of dependencies", () => {
    const two = steps({ a: action, b: { ...action, needs: ["a"] }, c: { ...action, needs: ["a"] } });
    expect(limited(two, { maxEdges: 2 })).toEqual([]);
    expect(limited(two, { maxEdges: 1 })).toMatchObject([{ code: "limit_exceeded", pointer: "/steps" }]);
    expect(limited(two, { maxDependents: 1 })).toMatchObject([{ code: "limit_exceeded", pointer: "/steps/a" }]);
  });

  test("of nesting", () => {
    const nested = (depth: number): object =>
      depth === 0 ? { end: action } : { [`p${depth}`]: { type: "parallel", steps: nested(depth - 1) } };
    expect(limited(steps(nested(5)), {})).toEqual([]);
    expect(limited(steps(nested(7)), {})).toMatchObject([
      { code: "limit_exceeded", pointer: "/steps/p7/steps/p6/steps/p5/steps/p4/steps/p3/steps/p2" },
    ]);
  });

  test("of problems: the first thousand are reported", () => {
    const many = Object.fromEntries(
      Array.from({ length: 1_200 }, (_, at) => [`s${at}`, { ...action, needs: ["nobody"] }]),
    );
    const problems = validateDefinition(steps(many)).problems;
    expect(problems).toHaveLength(1_001);
    expect(problems.at(-1)).toMatchObject({ severity: "error", message: "200 more problems" });
    const warned = validateDefinition(steps(Object.fromEntries(Object.keys(many).map((id) => [id, action]))), {
      actions: [],
    });
    expect(warned.problems.at(-1)).toMatchObject({ severity: "warning" });
    expect(warned.graph).not.toBeNull();
  });

  test("are 5,000 steps and 2,000 dependents per step", () => {
    const wide = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, at) => [`s${at}`, { ...action, needs: at === 0 ? [] : ["s0"] }]),
      );
    expect(messagesOf(steps(wide(2_001)))).toEqual([]);
    expect(messagesOf(steps(wide(2_002))).join()).toContain("2001 steps directly depend");
    expect(messagesOf(steps(wide(5_001))).join()).toContain("5001 steps");
  });

  test("allow 5,000 steps with 50,000 dependencies", () => {
    const large = Array.from({ length: 5_000 }, (_, at) => {
      const needs = Array.from({ length: 10 }, (_unused, back) => at - 1 - back * 3).filter((one) => one >= 0);
      return [`s${at}`, { ...action, with: { all: needs.map((one) => `{{ s${one}.result.value }}`) } }];
    });
    const { graph, problems } = validateDefinition(JSON.stringify(steps(Object.fromEntries(large))));
    expect(problems).toEqual([]);
    expect(graph?.nodes.size).toBe(5_000);
  });
});

test("the catalog contains the problems of the graph", () => {
  expect(Object.keys(problemCatalog)).toEqual(expect.arrayContaining(["cycle", "unknown_step", "limit_exceeded"]));
  expect(stepFields).toContain("status");
});
