import type { DrawnStep, GraphDrawing } from "./graph-drawing.js";

/** The steps directly in each container. The steps of the top level are under null. */
export type DrawnChildren = ReadonlyMap<string | null, readonly DrawnStep[]>;

export function childrenByParent(drawing: GraphDrawing): DrawnChildren {
  const children = new Map<string | null, DrawnStep[]>();
  for (const node of drawing.nodes) {
    const siblings = children.get(node.parent);
    if (siblings === undefined) children.set(node.parent, [node]);
    else siblings.push(node);
  }
  return children;
}

export interface DrawnCase {
  readonly key: string;
  readonly steps: readonly DrawnStep[];
}

/** The cases of a conditional's steps, in order. Empty for other containers. */
export function casesOf(steps: readonly DrawnStep[]): readonly DrawnCase[] {
  const keys = new Set(steps.flatMap((step) => (step.case === undefined ? [] : [step.case])));
  return [...keys].map((key) => ({ key, steps: steps.filter((step) => step.case === key) }));
}

/** The label of a step. */
export function stepText(children: DrawnChildren, node: DrawnStep): string {
  return `${node.label} (${detailText(children, node)})`;
}

/** The action or kind, with the number of finished items of a repeated body. */
export function detailText(children: DrawnChildren, { id, type, action, counts }: DrawnStep): string {
  const what = action ?? type;
  const repeats = children.get(id)?.some((child) => child.id.startsWith(`${id}.*`)) === true;
  if (!repeats || counts === undefined) return what;
  return `${what} ${counts.completed + counts.failed + counts.skipped}/${counts.total}`;
}

export function caseText(key: string): string {
  return key === "else" ? "else" : `case ${key}`;
}
