import { statusColors } from "./colors.js";
import { casesOf, caseText, childrenByParent, type DrawnChildren, stepText } from "./drawing-tree.js";
import type { DrawnStep, GraphDrawing } from "./graph-drawing.js";

/** Renders a drawing in Graphviz DOT. A container is a cluster, whose edges connect to a point inside it. */
export function dotOf(drawing: GraphDrawing): string {
  const children = childrenByParent(drawing);
  const lines = [
    `digraph ${quoted(`${drawing.workflow}@${drawing.version}`)} {`,
    '  graph [compound=true, rankdir=TB, fontname="sans-serif"];',
    '  node [shape=box, style="rounded,filled", fillcolor="#ffffff", fontname="sans-serif"];',
    ...scopeLines(children, children.get(null) ?? [], "  "),
    ...drawing.edges.map((edge) => edgeLine(children, edge)),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

function scopeLines(children: DrawnChildren, steps: readonly DrawnStep[], indent: string): readonly string[] {
  return steps.flatMap((step) => stepLines(children, step, indent));
}

function stepLines(children: DrawnChildren, step: DrawnStep, indent: string): readonly string[] {
  const inside = children.get(step.id);
  if (inside === undefined)
    return [`${indent}${quoted(step.id)} [label=${quoted(stepText(children, step))}${colors(step)}];`];
  const inner = `${indent}  `;
  const cases = casesOf(inside);
  const body =
    cases.length === 0
      ? scopeLines(children, inside, inner)
      : cases.flatMap(({ key, steps }) => [
          `${inner}subgraph ${quoted(`cluster_${step.id}.${key}`)} {`,
          `${inner}  label=${quoted(caseText(key))};`,
          ...scopeLines(children, steps, `${inner}  `),
          `${inner}}`,
        ]);
  return [
    `${indent}subgraph ${quoted(`cluster_${step.id}`)} {`,
    `${inner}label=${quoted(stepText(children, step))};`,
    `${inner}style="rounded"${clusterColors(step)};`,
    ...body,
    `${inner}${quoted(step.id)} [shape=point, style=invis, width=0];`,
    `${indent}}`,
  ];
}

/** Cuts an edge at the border of a cluster, although it connects to a point inside. */
function edgeLine(children: DrawnChildren, { from, to }: { readonly from: string; readonly to: string }): string {
  const ends = [
    ...(children.has(from) ? [`ltail=${quoted(`cluster_${from}`)}`] : []),
    ...(children.has(to) ? [`lhead=${quoted(`cluster_${to}`)}`] : []),
  ];
  return `  ${quoted(from)} -> ${quoted(to)}${ends.length === 0 ? "" : ` [${ends.join(", ")}]`};`;
}

function colors({ status }: DrawnStep): string {
  if (status === undefined) return "";
  const { fill, line } = statusColors[status];
  return `, fillcolor="${fill}", color="${line}", tooltip="${status}"`;
}

function clusterColors({ status }: DrawnStep): string {
  return status === undefined ? "" : `; bgcolor="${statusColors[status].fill}"; color="${statusColors[status].line}"`;
}

/** A backslash would begin a Graphviz escape (`\\N` is the node's name). */
function quoted(text: string): string {
  const plain = text
    .replace(/[\p{Cc}\s]+/gu, " ")
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"');
  return `"${plain}"`;
}
