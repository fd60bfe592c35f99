import { BatonError } from "@batonrun/contract";
import type { WorkflowDefinition } from "../definition/schema.js";
import { findCycles, printCycle } from "./checks/cycle.js";
import { type Container, GRAPH_FORMAT, type Graph, type GraphNode, type NodeInputs, type Scope } from "./graph.js";
import { type Links, linkSteps } from "./links.js";
import { type Outline, type OutlineScope, type OutlineStep, outlineOf } from "./outline.js";
import { indexNames } from "./visibility.js";

/** The graph of a definition that `validateDefinition` found no error in; any other is refused. */
export function compileGraph(definition: WorkflowDefinition): Graph {
  const outline = outlineOf(definition);
  const links = linkSteps(indexNames(outline, new Set()));
  const errors = links.issues.filter(({ severity }) => severity === "error");
  const circles = findCycles(outline, links).map((cycle) => ({
    pointer: cycle[0]?.pointer ?? "",
    message: printCycle(cycle),
  }));
  if (errors.length + circles.length > 0)
    throw new BatonError(
      "definition_invalid",
      `The definition "${definition.name}" is invalid. Validate it to see all problems.`,
      {
        errors: [...errors, ...circles],
      },
    );
  return buildGraph(outline, links);
}

/** The graph of links that are known to be right. */
export function buildGraph(outline: Outline, links: Links): Graph {
  const building: Building = { links, nodes: new Map(), containers: new Map() };
  for (const step of outline.steps) addStep(building, step);
  const top = scopeOf(building, outline.top);
  return {
    format: GRAPH_FORMAT,
    definition: outline.definition,
    nodes: withDependents(building),
    containers: building.containers,
    top,
    outputInputs: links.outputInputs ?? { steps: top.leaves, input: false, item: null },
  };
}

type Node = Omit<GraphNode, "dependents">;

interface Building {
  readonly links: Links;
  readonly nodes: Map<string, Node>;
  readonly containers: Map<string, Container>;
}

const nothing: NodeInputs = { steps: [], input: false, item: null };

function addStep(building: Building, outlined: OutlineStep): void {
  const { step, pointer, template, enter, scope } = outlined;
  const links = building.links.of(outlined);
  const base = { step, pointer, container: scope.owner?.template ?? null };
  const waits = {
    dependencies: [...links.dependencies].map((dependency) => dependency.template),
    statusOf: links.statusOf.map((dependency) => dependency.template),
    inputs: links.enterInputs,
  };
  if (step.type === "action") {
    building.nodes.set(template, { ...base, ...waits, id: template, role: "step" });
    return;
  }
  const container = containerOf(building, outlined);
  const leaves = container.scopes.flatMap((inner) => inner.leaves);
  building.containers.set(template, container);
  building.nodes.set(enter, { ...base, ...waits, id: enter, role: "enter" });
  const arrives = step.type === "parallel" ? leaves : [];
  building.nodes.set(template, { ...base, ...ends(arrives, links.exitInputs), id: template, role: "exit" });
  if (step.type !== "map" || container.single) return;
  const item = `${template}.*`;
  building.nodes.set(item, { step, pointer, container: template, ...ends(leaves, nothing), id: item, role: "item" });
}

function ends(dependencies: readonly string[], inputs: NodeInputs): Pick<Node, "dependencies" | "statusOf" | "inputs"> {
  return { dependencies, statusOf: [], inputs };
}

function containerOf(building: Building, { step, template, enter, bodies }: OutlineStep): Container {
  const scopes = bodies.map((body) => scopeOf(building, body));
  const base = { id: template, enter, scopes };
  switch (step.type) {
    case "action":
      throw new TypeError(`${template} is an action, not a container`);
    case "conditional":
      return { ...base, kind: "conditional", maxParallel: null, minSuccess: 1, single: false };
    case "parallel":
    case "map": {
      const { type: kind, maxParallel = null, minSuccess } = step;
      return { ...base, kind, maxParallel, minSuccess, single: step.type === "map" && step.step !== undefined };
    }
  }
}

function scopeOf(building: Building, { key, steps }: OutlineScope): Scope {
  const needed = new Set(steps.flatMap((step) => [...building.links.of(step).dependencies]));
  return {
    key,
    steps: steps.map(({ template }) => template),
    roots: steps.filter((step) => building.links.of(step).dependencies.size === 0).map(({ enter }) => enter),
    leaves: steps.filter((step) => !needed.has(step)).map(({ template }) => template),
  };
}

function withDependents({ nodes, containers }: Building): ReadonlyMap<string, GraphNode> {
  const dependents = new Map<string, string[]>([...nodes.keys()].map((id) => [id, []]));
  for (const { id, dependencies } of nodes.values())
    for (const dependency of dependencies) dependents.get(dependency)?.push(id);
  for (const { id, kind, scopes } of containers.values())
    if (kind === "conditional")
      for (const { leaves } of scopes) for (const leaf of leaves) dependents.get(leaf)?.push(id);
  return new Map([...nodes].map(([id, node]) => [id, { ...node, dependents: dependents.get(id) ?? [] }]));
}
