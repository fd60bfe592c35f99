/** A graph of no-op steps, as both systems get it. */
export interface Shape {
  readonly name: string;
  readonly steps: readonly ShapeStep[];
  /** How many steps may run at the same time: Baton's `maxParallel`. */
  readonly width: number;
  /** Whether each step reads its predecessor's result. */
  readonly readsResults: boolean;
}

export interface ShapeStep {
  readonly id: string;
  readonly needs: readonly string[];
}

export function chain(length: number): Shape {
  const steps = ids("s", length).map((id, i) => ({ id, needs: i === 0 ? [] : [`s${i - 1}`] }));
  return { name: `chain of ${length}`, steps, width: 1, readsResults: false };
}

export function readingChain(length: number): Shape {
  return { ...chain(length), name: `chain of ${length}, reading`, readsResults: true };
}

export function fanOut(width: number): Shape {
  const middle = ids("f", width);
  const steps = [{ id: "a", needs: [] }, ...middle.map((id) => ({ id, needs: ["a"] })), { id: "z", needs: middle }];
  return { name: `fan-out 1, ${width}, 1`, steps, width, readsResults: false };
}

export function diamond(): Shape {
  const steps = [
    { id: "a", needs: [] },
    { id: "b", needs: ["a"] },
    { id: "c", needs: ["a"] },
    { id: "d", needs: ["b", "c"] },
  ];
  return { name: "diamond", steps, width: 2, readsResults: false };
}

/** Layers of equal width; each step needs 1 to 3 steps of the layer before. The same graph for the same seed. */
export function layeredDag(size: { readonly layers: number; readonly width: number; readonly seed: number }): Shape {
  const random = seeded(size.seed);
  const layers = Array.from({ length: size.layers }, (_, layer) => ids(`l${layer}n`, size.width));
  const steps = layers.flatMap((layer, index) => {
    const before = layers[index - 1] ?? [];
    return layer.map((id) => ({ id, needs: pick(before, { upTo: 3, random }) }));
  });
  const name = `DAG of ${steps.length}`;
  return { name, steps, width: size.width, readsResults: false };
}

/** A step in the tree that raw flows have instead of a graph: a flow's child has one parent. */
export interface TreeNode {
  readonly id: string;
  readonly children: readonly TreeNode[];
}

/** The tree with the same number of jobs: each step under the first that needs it, those that nobody needs at the top. */
export function treeOf({ steps }: Shape): readonly TreeNode[] {
  const parents = new Map<string, string>();
  for (const { id, needs } of steps) for (const need of needs) if (!parents.has(need)) parents.set(need, id);
  const childrenOf = (parent: string | undefined): readonly TreeNode[] =>
    steps.filter(({ id }) => parents.get(id) === parent).map(({ id }) => ({ id, children: childrenOf(id) }));
  return childrenOf(undefined);
}

/** The edges of that tree, as needs: what a raw flow's step waits for. */
export function treeEdges(shape: Shape): readonly ShapeStep[] {
  const flatten = (node: TreeNode): readonly ShapeStep[] => [
    { id: node.id, needs: node.children.map(({ id }) => id) },
    ...node.children.flatMap(flatten),
  ];
  return treeOf(shape).flatMap(flatten);
}

function ids(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}

function pick(
  from: readonly string[],
  how: { readonly upTo: number; readonly random: () => number },
): readonly string[] {
  if (from.length === 0) return [];
  const count = 1 + Math.floor(how.random() * how.upTo);
  const picked = Array.from({ length: count }, () => from[Math.floor(how.random() * from.length)] ?? "");
  return [...new Set(picked)];
}

/** A small generator (mulberry32): `Math.random` takes no seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
