import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { validateDefinition } from "./checks/validate-definition.js";
import type { Graph } from "./graph.js";

/** A step that depends on some previous steps, by `needs`, by reference, or by the reference of an inner step. */
interface DrawnStep {
  readonly kind: "action" | "parallel" | "map" | "conditional";
  readonly edges: readonly { readonly to: number; readonly by: "needs" | "with" | "if" | "inner" | "wildcard" }[];
}

const drawnSteps: fc.Arbitrary<readonly DrawnStep[]> = fc
  .integer({ min: 1, max: 25 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => drawnStep(at))));

function drawnStep(at: number): fc.Arbitrary<DrawnStep> {
  const by = fc.constantFrom("needs", "with", "if", "inner", "wildcard");
  const edge = fc.record({ to: fc.integer({ min: 0, max: Math.max(0, at - 1) }), by });
  const kind = fc.constantFrom("action", "parallel", "map", "conditional");
  return fc.record({ kind, edges: at === 0 ? fc.constant([]) : fc.array(edge, { maxLength: 5 }) });
}

/** `order` is a permutation: a step can be declared before its dependencies. */
function definitionOf(drawn: readonly DrawnStep[], order: readonly number[]): object {
  const steps = order.map((at) => [idOf(at), stepOf(drawn[at] ?? { kind: "action", edges: [] })]);
  return { apiVersion: "baton/v1", name: "w", version: "1.0.0", steps: Object.fromEntries(steps) };
}

/** No id is a prefix of another, so that a wildcard matches one step. */
function idOf(at: number): string {
  return `s${String(at).padStart(2, "0")}_`;
}

function stepOf({ kind, edges }: DrawnStep): object {
  const of = (way: string) => edges.filter(({ by }) => by === way).map(({ to }) => idOf(to));
  const conditions = of("if").map((id) => `${id}.status == 'completed'`);
  const reads = {
    with: {
      read: of("with").map((id) => `{{ ${id}.result }}`),
      all: of("wildcard").map((id) => `{{ ${id}*.result }}`),
    },
  };
  const inner = { action: "x", with: of("inner").map((id) => `{{ ${id}.result }}`) };
  const base = {
    needs: [...new Set(of("needs"))],
    ...(conditions.length === 0 ? {} : { if: conditions.join(" && ") }),
  };
  const body = { inner_a: { action: "x", ...reads }, inner_b: { ...inner, needs: ["inner_a"] } };
  switch (kind) {
    case "action":
      return { ...base, action: "x", with: { ...reads.with, inner: inner.with } };
    case "parallel":
      return { ...base, type: "parallel", steps: body };
    case "map":
      return { ...base, type: "map", over: "input.xs", steps: body };
    case "conditional":
      return {
        ...base,
        type: "conditional",
        cases: [{ if: "input.yes", steps: body }],
        else: { steps: { inner_c: { action: "x" } } },
      };
  }
}

function compiled(source: object): Graph {
  const { graph, problems } = validateDefinition(source);
  expect(problems).toEqual([]);
  if (graph === null) throw new Error("no graph");
  return graph;
}

const drawnInAnyOrder = drawnSteps.chain((drawn) => {
  const all = drawn.map((_, at) => at);
  return fc.record({ drawn: fc.constant(drawn), order: fc.shuffledSubarray(all, { minLength: all.length }) });
});

describe("any acyclic definition", () => {
  test("compiles to exactly the generated dependencies", () => {
    fc.assert(
      fc.property(drawnInAnyOrder, ({ drawn, order }) => {
        const graph = compiled(definitionOf(drawn, order));
        for (const [at, { kind, edges }] of drawn.entries()) {
          const enter = kind === "action" ? idOf(at) : `${idOf(at)}._enter`;
          const expected = new Set(edges.map(({ to }) => idOf(to)));
          expect(new Set(graph.nodes.get(enter)?.dependencies)).toEqual(expected);
        }
      }),
    );
  });

  test("has a topological order, and edges recorded at both ends", () => {
    fc.assert(
      fc.property(drawnInAnyOrder, ({ drawn, order }) => {
        const graph = compiled(definitionOf(drawn, order));
        for (const { id, dependencies, dependents } of graph.nodes.values()) {
          expect(new Set(dependencies).size).toBe(dependencies.length);
          for (const before of dependencies) expect(graph.nodes.get(before)?.dependents).toContain(id);
          for (const after of dependents) expect(reachesExit(graph, id, after)).toBe(true);
        }
        expect(topologicalOrder(graph)).toHaveLength(graph.nodes.size);
      }),
    );
  });

  test("has roots and leaves in every scope, and starts at its roots only", () => {
    fc.assert(
      fc.property(drawnInAnyOrder, ({ drawn, order }) => {
        const graph = compiled(definitionOf(drawn, order));
        const scopes = [graph.top, ...[...graph.containers.values()].flatMap((container) => container.scopes)];
        for (const { steps, roots, leaves } of scopes) {
          expect(roots.length).toBeGreaterThan(0);
          expect(leaves.length).toBeGreaterThan(0);
          const enters = steps.map((step) => graph.containers.get(step)?.enter ?? step);
          expect(enters.filter((id) => graph.nodes.get(id)?.dependencies.length === 0)).toEqual(roots);
          const needed = new Set(enters.flatMap((id) => graph.nodes.get(id)?.dependencies ?? []));
          expect(steps.filter((step) => !needed.has(step))).toEqual(leaves);
        }
      }),
    );
  });
});

test("any cycle is found and printed as a path of real dependencies", () => {
  const drawnCircle = drawnInAnyOrder.chain(({ drawn, order }) =>
    fc.record({
      drawn: fc.constant(drawn),
      order: fc.constant(order),
      ring: fc.shuffledSubarray(order, { minLength: Math.min(2, order.length) }),
    }),
  );
  fc.assert(
    fc.property(drawnCircle, ({ drawn, order, ring }) => {
      fc.pre(ring.length >= 2);
      const circled = drawn.map((step, at) => {
        const next = ring[(ring.indexOf(at) + 1) % ring.length];
        if (!ring.includes(at) || next === undefined) return step;
        return { ...step, edges: [...step.edges, { to: next, by: "needs" } as const] };
      });
      const { graph, problems } = validateDefinition(definitionOf(circled, order));
      const cycles = problems.filter(({ code }) => code === "cycle");
      expect(graph).toBeNull();
      expect(cycles.length).toBeGreaterThan(0);
      for (const { message, pointer } of cycles) expectRealPath(circled, message, pointer);
    }),
  );
});

function expectRealPath(drawn: readonly DrawnStep[], message: string, pointer: string): void {
  const path = /cycle: (.*) \(each/.exec(message)?.[1]?.split(" -> ") ?? [];
  expect(path.length).toBeGreaterThan(2);
  expect(path.at(0)).toBe(path.at(-1));
  expect(pointer).toBe(`/steps/${path[0]}`);
  for (const [at, id] of path.slice(0, -1).entries()) {
    const step = drawn.findIndex((_, index) => idOf(index) === id);
    expect(drawn[step]?.edges.map(({ to }) => idOf(to))).toContain(path[at + 1]);
  }
}

/** A conditional's exit is a dependent of the leaves in its cases, without listing them as dependencies. */
function reachesExit(graph: Graph, id: string, after: string): boolean {
  if (graph.nodes.get(after)?.dependencies.includes(id) === true) return true;
  const container = graph.containers.get(after);
  return container?.kind.entersAll === false && container.scopes.some(({ leaves }) => leaves.includes(id));
}

function topologicalOrder({ nodes }: Graph): readonly string[] {
  const open = new Map([...nodes.values()].map(({ id, dependencies }) => [id, dependencies.length]));
  const order: string[] = [];
  const free = [...open].filter(([, count]) => count === 0).map(([id]) => id);
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    order.push(id);
    for (const { id: after, dependencies } of nodes.values()) {
      if (!dependencies.includes(id)) continue;
      const count = (open.get(after) ?? 0) - 1;
      open.set(after, count);
      if (count === 0) free.push(after);
    }
  }
  return order;
}
