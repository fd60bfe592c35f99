import { definitionOf } from "@batonrun/verify";
import { describe, expect, test } from "vitest";
import { validateDefinition } from "../graph/checks/validate-definition.js";
import { compileGraph } from "../graph/compile.js";
import { renderDrawing } from "../queries/draw-run.js";
import { type DrawnState, type GraphDrawing, graphDrawing } from "./graph-drawing.js";

const noop = { action: "core.noop" };

function drawn(steps: Readonly<Record<string, unknown>>, states: readonly DrawnState[] = []): GraphDrawing {
  const { definition, problems } = validateDefinition(definitionOf(steps));
  if (definition === null) throw new Error(JSON.stringify(problems));
  return graphDrawing(compileGraph(definition), states);
}

const everything = {
  load: noop,
  chunks: { type: "map", over: "load.result", steps: { cut: noop, count: { ...noop, needs: ["cut"] } } },
  route: {
    type: "conditional",
    needs: ["chunks"],
    cases: [{ if: "true", steps: { small: noop } }],
    else: { steps: { box: { type: "parallel", steps: { left: noop, right: noop } } } },
  },
  done: { ...noop, needs: ["route"] },
};

describe("a drawing", () => {
  test("contains every declared step once, in order, after its container", () => {
    const { nodes } = drawn(everything);
    expect(nodes.map(({ id, parent }) => [id, parent])).toEqual([
      ["load", null],
      ["chunks", null],
      ["chunks.*.cut", "chunks"],
      ["chunks.*.count", "chunks"],
      ["route", null],
      ["route.0.small", "route"],
      ["route.else.box", "route"],
      ["route.else.box.left", "route.else.box"],
      ["route.else.box.right", "route.else.box"],
      ["done", null],
    ]);
    expect(nodes.find(({ id }) => id === "route.else.box")?.case).toBe("else");
  });

  test("connects dependencies, and only within one scope", () => {
    expect(drawn(everything).edges).toEqual([
      { from: "load", to: "chunks" },
      { from: "chunks.*.cut", to: "chunks.*.count" },
      { from: "chunks", to: "route" },
      { from: "route", to: "done" },
    ]);
  });

  test("shows the known states of a run", () => {
    const counts = { total: 4, completed: 1, failed: 1, skipped: 0, cancelled: 0, running: 2, pending: 0 };
    const drawing = drawn(everything, [{ id: "chunks", status: "running", counts }]);
    expect(drawing.nodes[1]).toMatchObject({ id: "chunks", status: "running", counts });
    expect(renderDrawing(drawing, "svg")).toContain("map 2/4");
  });
});

const hostile = [
  '"]; click n0 "javascript:alert(1)"',
  "</text><script>alert(1)</script>",
  'a\\" b \\N',
  "`**bold**` #quot; &amp; %%{init: {}}%%",
  "line\nbreak\ttab",
  "ünï 漢字 🎉",
  "control \u0001 \uFFFF end",
];

describe.each(hostile)("a label such as %j", (name) => {
  const drawing = drawn({ a: { ...noop, name }, box: { type: "parallel", name, steps: { b: noop } } });

  test("is escaped as text in Mermaid", () => {
    const quoted = renderDrawing(drawing, "mermaid").match(/\["[^"\n]*"\]/g);
    expect(quoted).toHaveLength(3);
    for (const label of quoted ?? []) expect(label.slice(2, -2)).toMatch(/^[\p{L}\p{N} .,:_/@()+#;-]*$/u);
  });

  test("is escaped as one string in DOT", () => {
    const lines = renderDrawing(drawing, "dot").split("\n");
    const line = lines.find((one) => one.startsWith('  "a" '));
    expect(line?.replace(/"(?:[^"\\]|\\.)*"/g, "S")).toBe("  S [label=S];");
  });

  test("keeps the SVG well-formed", () => {
    const svg = renderDrawing(drawing, "svg");
    expect(unclosedTags(svg)).toEqual([]);
    expect(svg).not.toContain("<script");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this tests that they are removed, because XML forbids them.
    expect(svg).not.toMatch(/[\u0000-\u0008\uFFFE\uFFFF]/);
  });
});

/** Returns tags that are not closed in order, and ampersands that begin no entity. */
function unclosedTags(xml: string): readonly string[] {
  const open: string[] = [];
  for (const [tag, slash, name = "", closed] of xml.matchAll(
    /<(\/?)([a-zA-Z]+)(?:\s[a-zA-Z-]+="[^"<]*"|\sxmlns="[^"]*")*(\/?)>/g,
  )) {
    if (closed === "/") continue;
    if (slash === "") open.push(name);
    else if (open.pop() !== name) return [tag];
  }
  const bare = xml.replace(/<[^>]*>/g, "").match(/[<]|&(?!(amp|lt|gt|quot|#39);)/g);
  return [...open, ...(bare ?? [])];
}

describe("size", () => {
  const wide = Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`s${index}`, noop]));

  test.each(["mermaid", "svg"] as const)("%s is rejected above 500 nodes", (form) => {
    expect(() => renderDrawing(drawn(wide), form)).toThrow(expect.objectContaining({ code: "graph_too_large" }));
  });

  test("DOT has no limit", () => {
    expect(renderDrawing(drawn(wide), "dot")).toContain('"s500"');
  });

  test("a chain of 500 nodes is laid out", () => {
    const chain = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [
        `s${index}`,
        index === 0 ? noop : { ...noop, needs: [`s${index - 1}`] },
      ]),
    );
    expect(renderDrawing(drawn(chain), "svg").match(/class="edge"/g)).toHaveLength(499);
  });
});

test("a case of a conditional is a separate group in every format", () => {
  const drawing = drawn(everything);
  expect(renderDrawing(drawing, "mermaid")).toMatch(/subgraph n4_else\["else"\]/);
  expect(renderDrawing(drawing, "dot")).toContain('subgraph "cluster_route.else"');
  expect(renderDrawing(drawing, "svg")).toContain('class="box case"');
});
