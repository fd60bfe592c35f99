import type { DefinitionHash } from "@batonrun/contract";
import fc from "fast-check";
import { validateDefinition } from "../../packages/core/src/graph/checks/validate-definition.js";
import { definitionHash } from "../../packages/core/src/graph/definition-hash.js";
import type { Graph } from "../../packages/core/src/graph/graph.js";
import { GraphPlan } from "../../packages/core/src/plan/node-plan.js";

/** A workflow that the commands of a test run: its graph, and the plans as a worker makes them. */
export interface Workflow {
  readonly graph: Graph;
  readonly plan: GraphPlan;
  readonly hash: DefinitionHash;
}

interface Shape {
  readonly kind: "action" | "parallel" | "map" | "maps" | "conditional";
  /** Bits: which of the steps before it in its scope it needs. */
  readonly needs: number;
  readonly inner: readonly Shape[];
  readonly width: number;
  readonly flags: number;
}

interface WorkflowShape {
  readonly steps: readonly Shape[];
  readonly maxParallel: number;
}

/** Small workflows of every step kind, nested at most twice. */
export const workflowShape: fc.Arbitrary<WorkflowShape> = fc.record({
  steps: fc.array(shapeOf(2), { minLength: 1, maxLength: 5 }),
  maxParallel: fc.constantFrom(1, 2, 3, 10),
});

function shapeOf(depth: number): fc.Arbitrary<Shape> {
  const kinds = ["action", "action", "action", "parallel", "map", "maps", "conditional"] as const;
  return fc.record({
    kind: depth === 0 ? fc.constant("action" as const) : fc.constantFrom(...kinds),
    needs: fc.nat(15),
    inner: depth === 0 ? fc.constant([]) : fc.array(shapeOf(depth - 1), { minLength: 1, maxLength: 3 }),
    width: fc.nat(3),
    flags: fc.nat(63),
  });
}

export function workflowOf({ steps, maxParallel }: WorkflowShape): Workflow {
  const names = { count: 0 };
  const definition = {
    apiVersion: "baton/v1",
    name: "model",
    version: "1.0.0",
    maxParallel,
    steps: scopeOf(steps, names),
  };
  const { graph, problems } = validateDefinition(definition);
  if (graph === null)
    throw new Error(`a generated workflow is refused: ${JSON.stringify(problems)} ${JSON.stringify(definition)}`);
  return { graph, plan: new GraphPlan(graph, () => "core"), hash: definitionHash(graph.definition) };
}

interface Names {
  count: number;
}

function scopeOf(shapes: readonly Shape[], names: Names): Readonly<Record<string, unknown>> {
  const ids = shapes.map(() => {
    names.count += 1;
    return `s${names.count}`;
  });
  return Object.fromEntries(
    shapes.map((shape, index) => {
      const needs = ids.slice(0, index).filter((_, bit) => (shape.needs >> bit) % 2 === 1);
      return [ids[index], stepOf(shape, needs, names)];
    }),
  );
}

function stepOf(shape: Shape, needs: readonly string[], names: Names): object {
  const [isTolerant, isAware, isUrgent, isElsewhere, hasElse] = [1, 2, 4, 8, 16].map(
    (bit) => (shape.flags & bit) !== 0,
  );
  const first = needs[0];
  const base = {
    ...(needs.length > 0 && { needs }),
    ...(isTolerant && { onError: "continue" }),
    ...(isAware && first !== undefined && { if: `${first}.status == "skipped"` }),
    ...(isUrgent && { priority: 5 }),
  };
  const scope = () => scopeOf(shape.inner, names);
  const width = shape.width > 0 ? { maxParallel: shape.width } : {};
  switch (shape.kind) {
    case "action":
      return { ...base, action: "core.noop", ...(isElsewhere && { queue: "other" }) };
    case "parallel":
      return { ...base, ...width, type: "parallel", steps: scope() };
    case "map":
      return { ...base, ...width, type: "map", over: [], step: Object.values(scope())[0] };
    case "maps":
      return { ...base, ...width, type: "map", over: [], steps: scope() };
    case "conditional":
      return {
        ...base,
        type: "conditional",
        cases: [{ if: "true", steps: scope() }],
        ...(hasElse && { else: { steps: scope() } }),
      };
  }
}
