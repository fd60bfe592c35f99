import { describe, expect, test } from "vitest";
import { kinds } from "../kinds/index.js";
import { parseDefinition } from "../kinds/language.js";
import { validateDefinition } from "./checks/validate-definition.js";
import { compileGraph } from "./compile.js";
import { type Graph, type GraphNode, instanceOf, templateOf } from "./graph.js";

const head = "apiVersion: baton/v1\nname: w\nversion: 1.0.0\nsteps:\n";

function graphOf(steps: string, more = ""): Graph {
  const { graph, problems } = validateDefinition(head + steps + more, { format: "yaml" });
  expect(problems).toEqual([]);
  if (graph === null) throw new Error("no graph");
  expect(compileGraph(graph.definition)).toEqual(graph);
  return graph;
}

function node(graph: Graph, id: string): GraphNode {
  const found = graph.nodes.get(id);
  if (found === undefined) throw new Error(`no node ${id}`);
  return found;
}

const pipeline = `
  extract: { action: text.extract, with: { document: "{{ input.document }}" } }
  sentiment: { action: text.sentiment, with: { text: "{{ extract.result.text }}" } }
  summarize: { action: text.summarize, with: { text: "{{ extract.result.text }}", n: "{{ vars.n }}" } }
  report: { action: report.markdown, needs: [sentiment], with: "{{ summarize.result }}", output: { n: size(result) } }
`;

describe("a flat workflow", () => {
  const graph = graphOf(pipeline, "vars: { n: 5 }\n");

  test("gets dependencies from references and from needs", () => {
    expect(node(graph, "report").dependencies).toEqual(["sentiment", "summarize"]);
    expect(node(graph, "extract").dependents).toEqual(["sentiment", "summarize"]);
    expect(graph.top).toEqual({
      key: "",
      steps: ["extract", "sentiment", "summarize", "report"],
      roots: ["extract"],
      leaves: ["report"],
    });
  });

  test("records what each node reads", () => {
    expect(node(graph, "extract").inputs).toEqual({ steps: [], input: true, item: null });
    expect(node(graph, "report").inputs).toEqual({ steps: ["summarize"], input: false, item: null });
  });

  test("returns the results of its leaves by default", () => {
    expect(graph.outputInputs).toEqual({ steps: ["report"], input: false, item: null });
    expect(
      graphOf(pipeline, 'vars: { n: 5 }\noutput: { a: "{{ extract.result }}", b: "{{ input }}" }\n').outputInputs,
    ).toEqual({
      steps: ["extract"],
      input: true,
      item: null,
    });
  });

  test("has no containers", () => {
    expect([...graph.containers]).toEqual([]);
    expect(node(graph, "extract")).toMatchObject({ role: "step", container: null, pointer: "/steps/extract" });
  });
});

describe("a parallel", () => {
  const graph = graphOf(`
  before: { action: a }
  p:
    type: parallel
    maxParallel: 2
    minSuccess: 0.5
    if: input.go
    output: { n: result.total }
    steps:
      x: { action: a, with: "{{ before.result }}" }
      y: { action: a, needs: [x] }
      z: { action: a, with: "{{ input }}" }
  after: { action: a, with: "{{ p.result }}" }
`);

  test("is entered once the steps that its branches read are done, and exits after its leaves", () => {
    expect(node(graph, "p._enter")).toMatchObject({
      role: "enter",
      dependencies: ["before"],
      dependents: [],
      container: null,
    });
    expect(node(graph, "p")).toMatchObject({ role: "exit", dependencies: ["p.y", "p.z"], dependents: ["after"] });
    expect(node(graph, "p.x")).toMatchObject({ dependencies: [], dependents: ["p.y"], container: "p" });
    expect(node(graph, "p.x").inputs.steps).toEqual(["before"]);
  });

  test("is described as a container", () => {
    expect(graph.containers.get("p")).toEqual({
      id: "p",
      enter: "p._enter",
      kind: kinds.parallel,
      step: graph.definition.steps["p"],
      maxParallel: 2,
      repeats: false,
      single: false,
      scopes: [{ key: "", steps: ["p.x", "p.y", "p.z"], roots: ["p.x", "p.z"], leaves: ["p.y", "p.z"] }],
    });
  });

  test("loads the inputs of its condition at its enter and those of its output at its exit", () => {
    expect(node(graph, "p._enter").inputs).toEqual({ steps: [], input: true, item: null });
    expect(node(graph, "p").inputs).toEqual({ steps: [], input: false, item: null });
  });
});

describe("a map", () => {
  const graph = graphOf(`
  items: { action: a }
  chunks:
    type: map
    over: items.result
    steps:
      clean: { action: a, with: { item: "{{ item }}", at: "{{ index }}" } }
      count: { action: a, with: "{{ clean.result }}", if: clean.status == 'completed' }
  each: { type: map, over: chunks.result.results, step: { action: a, with: "{{ item }}" } }
  deep:
    type: map
    over: "[[1], [2]]"
    step:
      type: map
      over: item
      steps: { end: { action: a, with: "{{ item }} {{ items.result }}" } }
`);

  test("of several steps ends each item by an item node", () => {
    expect(node(graph, "chunks.*")).toMatchObject({
      role: "item",
      container: "chunks",
      dependencies: ["chunks.*.count"],
      dependents: [],
    });
    expect(node(graph, "chunks.*.clean")).toMatchObject({
      container: "chunks",
      dependencies: [],
      dependents: ["chunks.*.count"],
    });
    expect(node(graph, "chunks.*.clean").inputs).toEqual({ steps: [], input: false, item: "chunks" });
    expect(node(graph, "chunks")).toMatchObject({ role: "exit", dependencies: [], dependents: ["each._enter"] });
    expect(graph.containers.get("chunks")).toMatchObject({
      kind: kinds.map,
      repeats: true,
      single: false,
      maxParallel: null,
    });
  });

  test("of one step ends each item by that step's own node", () => {
    expect(node(graph, "each.*")).toMatchObject({ role: "step", container: "each", pointer: "/steps/each/step" });
    expect(graph.containers.get("each")).toMatchObject({
      single: true,
      scopes: [{ key: "", steps: ["each.*"], roots: ["each.*"], leaves: ["each.*"] }],
    });
  });

  test("in a map has a second index level and reads the item of the enclosing map", () => {
    expect(node(graph, "deep.*._enter")).toMatchObject({ role: "enter", container: "deep" });
    expect(node(graph, "deep.*._enter").inputs.item).toBe("deep");
    expect(node(graph, "deep.*.*.end").inputs).toEqual({ steps: ["items"], input: false, item: "deep.*" });
    expect(node(graph, "deep._enter").dependencies).toEqual(["items"]);
    expect(node(graph, "deep.*._enter").dependencies).toEqual([]);
    expect(graph.containers.get("deep")?.scopes[0]).toMatchObject({ roots: ["deep.*._enter"], leaves: ["deep.*"] });
  });

  test("records the steps whose status an if reads", () => {
    expect(node(graph, "chunks.*.count").statusOf).toEqual(["chunks.*.clean"]);
  });

  test("builds instance ids, and finds the template of each", () => {
    for (const id of graph.nodes.keys()) {
      const levels = id.split("*").length - 1;
      const indexes = Array.from({ length: levels }, (_, level) => level + 3);
      expect(templateOf(graph, instanceOf(id, indexes))).toEqual({ template: id, indexes });
    }
    expect(templateOf(graph, "chunks.x")).toBeNull();
    expect(templateOf(graph, "nobody")).toBeNull();
  });
});

describe("a conditional", () => {
  const graph = graphOf(`
  score: { action: a }
  flag: { action: a }
  c:
    type: conditional
    cases:
      - if: score.result > 0.5
        steps: { x: { action: a }, y: { action: a, with: "{{ x.result }}" } }
      - if: score.status == 'failed'
        steps: { x: { action: a, with: "{{ flag.result }}" } }
    else: { steps: { z: { type: parallel, steps: { w: { action: a } } } } }
`);

  test("puts the case into its step ids, and its exit waits for what its enter decides", () => {
    expect([...graph.nodes.keys()].filter((id) => id.startsWith("c"))).toEqual([
      "c._enter",
      "c",
      "c.0.x",
      "c.0.y",
      "c.1.x",
      "c.else.z._enter",
      "c.else.z",
      "c.else.z.w",
    ]);
    expect(node(graph, "c").dependencies).toEqual([]);
    for (const leaf of ["c.0.y", "c.1.x", "c.else.z"]) expect(node(graph, leaf).dependents).toEqual(["c"]);
    expect(node(graph, "c.0.x").dependents).toEqual(["c.0.y"]);
  });

  test("has one scope per case", () => {
    expect(graph.containers.get("c")?.scopes).toEqual([
      { key: "0", steps: ["c.0.x", "c.0.y"], roots: ["c.0.x"], leaves: ["c.0.y"] },
      { key: "1", steps: ["c.1.x"], roots: ["c.1.x"], leaves: ["c.1.x"] },
      { key: "else", steps: ["c.else.z"], roots: ["c.else.z._enter"], leaves: ["c.else.z"] },
    ]);
    expect(graph.containers.get("c")).toMatchObject({
      kind: kinds.conditional,
      maxParallel: null,
      repeats: false,
      single: false,
    });
  });

  test("waits for everything that its cases and their steps read", () => {
    expect(node(graph, "c._enter").dependencies).toEqual(["score", "flag"]);
    expect(node(graph, "c._enter").inputs.steps).toEqual(["score"]);
  });
});

describe("references", () => {
  test("by wildcard depend on every matching step except the reader", () => {
    const graph = graphOf(`
  extract_a: { action: a }
  extract_sum: { action: a, with: { all: "{{ extract_*.result }}", ok: "{{ size(extract_*.status) }}" } }
  extract_b: { action: a }
`);
    expect(node(graph, "extract_sum").dependencies).toEqual(["extract_a", "extract_b"]);
  });

  test("from deep inside make the enclosing container in the target's scope wait", () => {
    const graph = graphOf(`
  first: { action: a }
  outer:
    type: parallel
    steps:
      second: { action: a }
      inner: { type: parallel, steps: { end: { action: a, if: "second.status == 'failed'", with: "{{ first.result }}" } } }
`);
    expect(node(graph, "outer._enter").dependencies).toEqual(["first"]);
    expect(node(graph, "outer.inner._enter").dependencies).toEqual(["outer.second"]);
    expect(node(graph, "outer.inner.end")).toMatchObject({ dependencies: [], statusOf: [] });
    expect(node(graph, "outer.inner.end").inputs.steps).toEqual(["outer.second", "first"]);
  });

  test("to the status of a container's dependency are recorded at its enter", () => {
    const graph = graphOf(`
  first: { action: a }
  p: { type: parallel, if: "first.status == 'skipped'", steps: { x: { action: a } } }
`);
    expect(node(graph, "p._enter").statusOf).toEqual(["first"]);
    expect(node(graph, "p").statusOf).toEqual([]);
  });
});

describe("an invalid definition is not compiled", () => {
  test.each([
    ["an unknown step", { a: { action: "x", needs: ["b"] } }],
    ["a cycle", { a: { action: "x", needs: ["b"] }, b: { action: "x", needs: ["a"] } }],
    ["a bad expression", { a: { action: "x", if: "1 +" } }],
  ])("%s", (_name, steps) => {
    const { definition } = parseDefinition({ apiVersion: "baton/v1", name: "w", version: "1.0.0", steps });
    if (definition === null) throw new Error("the language refuses it already");
    expect(() => compileGraph(definition)).toThrow(expect.objectContaining({ code: "definition_invalid" }));
  });
});
