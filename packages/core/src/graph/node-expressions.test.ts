import { describe, expect, test } from "vitest";
import type { StepValue } from "../expression/expression.js";
import { validateDefinition } from "./checks/validate-definition.js";
import { nodeExpressions, runOutput, topSteps, visibleSteps } from "./node-expressions.js";

const { graph } = validateDefinition(`
apiVersion: baton/v1
name: w
version: 1.0.0
steps:
  items: { action: a }
  chunks:
    type: map
    over: items.result
    if: input.go
    output: { n: "size(result.results)", first: "{{ items.result[0] }}" }
    steps:
      clean: { action: a, with: { item: "{{ item }}", at: "{{ index }}" }, output: { twice: result * 2 } }
      inner:
        type: conditional
        cases:
          - { if: clean.result > 1, steps: { x: { action: a }, y: { action: a, needs: [x] } } }
        else: { steps: { z: { action: a, if: "clean.status == 'failed'" } } }
  single: { type: map, over: [1, "{{ input.n }}"], step: { action: a } }
  plain: { type: parallel, steps: { w: { action: a } } }
output: { all: "{{ items.result }}", n: 1 }
`);

function step(result: unknown): StepValue {
  const times = { startedAt: null, endedAt: null, durationMs: null };
  return { result, status: "completed", error: null, attempts: 1, ...times, degraded: false };
}

if (graph === null) throw new Error("the definition has problems");

describe("the expressions of a node", () => {
  test("are the ones that its role evaluates", () => {
    const keys = [...graph.nodes.keys()].map((id) => {
      const { own, ...common } = nodeExpressions(graph, id);
      return [id, [...Object.keys(common), ...own.keys()].sort().join(" ")];
    });
    expect(Object.fromEntries(keys)).toEqual({
      items: "with",
      "chunks._enter": "if over",
      chunks: "output",
      "chunks.*": "",
      "chunks.*.clean": "output with",
      "chunks.*.inner._enter": "cases/0/if",
      "chunks.*.inner": "",
      "chunks.*.inner.0.x": "with",
      "chunks.*.inner.0.y": "with",
      "chunks.*.inner.else.z": "if with",
      "single._enter": "over",
      single: "",
      "single.*": "with",
      "plain._enter": "",
      plain: "",
      "plain.w": "with",
    });
  });

  test("are evaluated with a plain scope", () => {
    const enter = nodeExpressions(graph, "chunks._enter");
    expect(enter.if?.evaluate({ input: { go: true } })).toBe(true);
    expect(enter.own.get("over")?.evaluate({ items: step([1, 2]) })).toEqual([1, 2]);
    expect(nodeExpressions(graph, "chunks").output?.evaluate({ result: { results: [1] }, items: step([9]) })).toEqual({
      n: 1,
      first: 9,
    });
    expect(nodeExpressions(graph, "chunks.*.clean").own.get("with")?.evaluate({ item: "x", index: 3 })).toEqual({
      item: "x",
      at: 3,
    });
    expect(nodeExpressions(graph, "chunks.*.clean").output?.evaluate({ result: 4 })).toEqual({ twice: 8 });
    const cases = [...nodeExpressions(graph, "chunks.*.inner._enter").own];
    expect(cases.map(([key, condition]) => [key, condition.evaluate({ clean: step(2) })])).toEqual([
      ["cases/0/if", true],
    ]);
    expect(
      nodeExpressions(graph, "single._enter")
        .own.get("over")
        ?.evaluate({ input: { n: 2 } }),
    ).toEqual([1, 2]);
    expect(nodeExpressions(graph, "items").own.get("with")?.evaluate({})).toEqual({});
  });

  test("are compiled only once", () => {
    expect(nodeExpressions(graph, "chunks")).toBe(nodeExpressions(graph, "chunks"));
  });

  test.each([
    ["a condition", "if", { input: { go: "yes" } }, "a string, not true or false"],
    ["a condition", "if", { input: { go: null } }, "null, not true or false"],
    ["a condition", "if", { input: { go: [] } }, "a list, not true or false"],
    ["a list", "over", { items: step({}) }, "a object, not a list"],
  ] as const)("%s of the wrong type fails when it is evaluated", (_name, key, scope, words) => {
    const { if: condition, own } = nodeExpressions(graph, "chunks._enter");
    expect(() => (key === "if" ? condition : own.get(key))?.evaluate(scope)).toThrow(words);
  });

  test("of an unknown node throw", () => {
    expect(() => nodeExpressions(graph, "nobody")).toThrow(RangeError);
    expect(() =>
      visibleSteps(
        { ...graph, nodes: new Map([["x", { ...graph.nodes.values().next().value, id: "x", role: "step" }]]) } as never,
        "x",
      ),
    ).toThrow(RangeError);
  });
});

describe("the run's output", () => {
  test("is a template over the top scope", () => {
    expect(runOutput(graph)?.evaluate({ items: step("x") })).toEqual({ all: "x", n: 1 });
    expect(runOutput(graph)).toBe(runOutput(graph));
    expect([...topSteps(graph).keys()]).toEqual(["items", "chunks", "single", "plain"]);
  });

  test("is null by default", () => {
    const { graph: other } = validateDefinition({ ...graph.definition, output: 1, apiVersion: "baton/v1" });
    expect(other === null ? null : runOutput(other)?.evaluate({})).toBe(1);
    const { output: _, ...rest } = graph.definition;
    const { graph: without } = validateDefinition(rest);
    expect(without === null ? 1 : runOutput(without)).toBeNull();
  });
});

describe("the steps visible to a node", () => {
  test.each([
    ["items", ["chunks", "single", "plain"]],
    ["chunks", ["items", "single", "plain"]],
    ["chunks._enter", ["items", "single", "plain"]],
    ["chunks.*", ["items", "single", "plain"]],
    ["chunks.*.clean", ["items", "chunks.*.inner", "single", "plain"]],
    ["chunks.*.inner.0.x", ["items", "chunks.*.clean", "chunks.*.inner.0.y", "single", "plain"]],
    ["chunks.*.inner.else.z", ["items", "chunks.*.clean", "single", "plain"]],
    ["single.*", ["items", "chunks", "plain"]],
  ])("%s sees %j in declaration order", (id, templates) => {
    const visible = visibleSteps(graph, id);
    expect([...visible.values()]).toEqual(templates);
    for (const [name, template] of visible) expect(template.split(".").at(-1)).toBe(name);
  });
});
