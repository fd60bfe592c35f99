import { graphlib, layout } from "@dagrejs/dagre";
import { casesOf, caseText, childrenByParent, type DrawnChildren, detailText } from "./drawing-tree.js";
import type { DrawnEdge, DrawnStep, GraphDrawing } from "./graph-drawing.js";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The box of a step, a container, or a case. `x` and `y` are its upper left corner. */
export interface LaidOutBox extends Point {
  readonly width: number;
  readonly height: number;
  readonly label: string;
  readonly detail: string;
  /** Absent for a case. */
  readonly step?: DrawnStep;
  /** The contents, relative to the box. */
  readonly inside: Layout | null;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly LaidOutBox[];
  readonly edges: readonly (readonly Point[])[];
}

const MAX_LABEL = 32;
const CHARACTER_WIDTH = 7.6;
const STEP_HEIGHT = 46;
export const HEADER_HEIGHT = 30;
const PADDING = 14;

/**
 * Lays out each scope in layers from top to bottom. Edges never leave a scope, so a container is laid out on its own and
 * is one large box in the enclosing scope.
 */
export function layoutDrawing(drawing: GraphDrawing): Layout {
  const sheet = { children: childrenByParent(drawing), edges: edgesByTarget(drawing.edges) };
  const tops = sheet.children.get(null) ?? [];
  return layoutScope(
    sheet,
    tops.map((step) => stepBox(sheet, step)),
  );
}

interface Sheet {
  readonly children: DrawnChildren;
  readonly edges: ReadonlyMap<string, readonly DrawnEdge[]>;
}

type Box = Omit<LaidOutBox, "x" | "y"> & { readonly id: string };

function edgesByTarget(edges: readonly DrawnEdge[]): ReadonlyMap<string, readonly DrawnEdge[]> {
  const byTarget = new Map<string, DrawnEdge[]>();
  for (const edge of edges) byTarget.set(edge.to, [...(byTarget.get(edge.to) ?? []), edge]);
  return byTarget;
}

function layoutScope({ edges }: Sheet, boxes: readonly Box[]): Layout {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 24, ranksep: 40, marginx: PADDING, marginy: PADDING });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height });
  const lines = boxes.flatMap(({ id }) => edges.get(id) ?? []);
  for (const { from, to } of lines) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    boxes: boxes.map((box) => {
      const { x, y } = graph.node(box.id);
      return { ...box, x: x - box.width / 2, y: y - box.height / 2 };
    }),
    edges: lines.map(({ from, to }) => graph.edge(from, to).points),
  };
}

function stepBox(sheet: Sheet, step: DrawnStep): Box {
  const texts = { label: shortened(step.label), detail: shortened(detailText(sheet.children, step)) };
  const children = sheet.children.get(step.id);
  if (children === undefined) {
    const width = Math.max(textWidth(texts.label), textWidth(texts.detail)) + 2 * PADDING;
    return { id: step.id, ...texts, step, width, height: STEP_HEIGHT, inside: null };
  }
  const cases = casesOf(children);
  const boxes =
    cases.length === 0
      ? children.map((child) => stepBox(sheet, child))
      : cases.map(({ key, steps }) => caseBox(sheet, { id: `${step.id}.${key}`, key, steps }));
  return { id: step.id, ...texts, step, ...containerSize(`${texts.label} ${texts.detail}`, layoutScope(sheet, boxes)) };
}

function caseBox(
  sheet: Sheet,
  { id, key, steps }: { readonly id: string; readonly key: string; readonly steps: readonly DrawnStep[] },
): Box {
  const label = caseText(key);
  const inside = layoutScope(
    sheet,
    steps.map((step) => stepBox(sheet, step)),
  );
  return { id, label, detail: "", ...containerSize(label, inside) };
}

function containerSize(header: string, inside: Layout) {
  const width = Math.max(inside.width, textWidth(header) + 3 * PADDING);
  return { width, height: inside.height + HEADER_HEIGHT, inside };
}

function textWidth(text: string): number {
  return Math.max(40, text.length * CHARACTER_WIDTH);
}

function shortened(text: string): string {
  const signs = [...text.replace(/\s+/g, " ")];
  return signs.length <= MAX_LABEL ? signs.join("") : `${signs.slice(0, MAX_LABEL - 1).join("")}…`;
}
