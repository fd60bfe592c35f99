import { statusColors } from "./colors.js";
import { casesOf, caseText, childrenByParent, type DrawnChildren, stepText } from "./drawing-tree.js";
import type { DrawnStep, GraphDrawing } from "./graph-drawing.js";

/** Renders a drawing as a Mermaid flowchart. Containers are subgraphs. */
export function mermaidOf(drawing: GraphDrawing): string {
  const names = new Map(drawing.nodes.map((node, index) => [node.id, `n${index}`]));
  const nameOf = (id: string): string => names.get(id) ?? "";
  const children = childrenByParent(drawing);
  const lines = [
    "flowchart TD",
    ...nodeLines({ children, nameOf }, null, "  "),
    ...drawing.edges.map(({ from, to }) => `  ${nameOf(from)} --> ${nameOf(to)}`),
    ...classLines(drawing, nameOf),
  ];
  return `${lines.join("\n")}\n`;
}

interface Sheet {
  readonly children: DrawnChildren;
  readonly nameOf: (id: string) => string;
}

function nodeLines(sheet: Sheet, parent: string | null, indent: string): readonly string[] {
  return (sheet.children.get(parent) ?? []).flatMap((node) => stepLines(sheet, node, indent));
}

function stepLines(sheet: Sheet, node: DrawnStep, indent: string): readonly string[] {
  const name = sheet.nameOf(node.id);
  if (!sheet.children.has(node.id)) return [`${indent}${name}["${text(stepText(sheet.children, node))}"]`];
  const inner = `${indent}  `;
  const cases = casesOf(sheet.children.get(node.id) ?? []);
  const body =
    cases.length === 0
      ? nodeLines(sheet, node.id, inner)
      : cases.flatMap(({ key, steps }) => [
          `${inner}subgraph ${name}_${key}["${text(caseText(key))}"]`,
          ...steps.flatMap((step) => stepLines(sheet, step, `${inner}  `)),
          `${inner}end`,
        ]);
  return [`${indent}subgraph ${name}["${text(stepText(sheet.children, node))}"]`, ...body, `${indent}end`];
}

function classLines(drawing: GraphDrawing, nameOf: Sheet["nameOf"]): readonly string[] {
  return Object.entries(statusColors).flatMap(([status, { fill, line }]) => {
    const names = drawing.nodes.filter((node) => node.status === status).map(({ id }) => nameOf(id));
    if (names.length === 0) return [];
    return [`  classDef ${status} fill:${fill},stroke:${line},color:#1a1a1a`, `  class ${names.join(",")} ${status}`];
  });
}

/** Labels come from users, so every character that Mermaid or its HTML could parse is written as an entity. */
function text(label: string): string {
  return label.replace(/\s+/g, " ").replace(/[^\p{L}\p{N} .,:_/@()+-]/gu, (sign) => `#${sign.codePointAt(0) ?? 0};`);
}
