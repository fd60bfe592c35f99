import { definitionOf } from "@batonrun/verify";
import { expect, test } from "vitest";
import { validateDefinition } from "../graph/checks/validate-definition.js";
import { GraphPlan } from "./node-plan.js";

function graphOf(steps: Readonly<Record<string, unknown>>) {
  const { graph, problems } = validateDefinition(definitionOf(steps));
  if (graph === null) throw new Error(JSON.stringify(problems));
  return graph;
}

test("a step is routed to its action's capability once a worker announces it", () => {
  let capability: string | null = null;
  const graph = graphOf({ a: { action: "core.noop" }, b: { action: "late.action", needs: ["a"] } });
  const plans = new GraphPlan(graph, (action) => (action === "core.noop" ? "core" : capability));
  const queueOfB = () => plans.dependents(plans.plan("a"), [], 0).map(({ route }) => route.queue);
  expect(queueOfB()).toEqual(["steps.core"]);
  capability = "late";
  expect(queueOfB()).toEqual(["steps.late"]);
});

test("a step with a `queue` is routed there, whatever capability announces its action", () => {
  const graph = graphOf({ a: { action: "core.noop", queue: "gpu" } });
  const plans = new GraphPlan(graph, () => "core");
  expect(plans.roots(0).map(({ route }) => route.queue)).toEqual(["steps.gpu"]);
});

test("the priority of a job is the run's plus the step's", () => {
  const graph = graphOf({ slow: { action: "x", priority: 9 }, quick: { action: "x", priority: 1 } });
  const roots = new GraphPlan(graph, () => "core").roots(20);
  expect(roots.map(({ instance, route }) => [instance, route.priority])).toEqual([
    ["quick", 21],
    ["slow", 29],
  ]);
});
