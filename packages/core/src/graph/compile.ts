import { BatonError } from "@batonrun/contract";
import type { WorkflowDefinition } from "../definition/language.js";
import type { ContainerKind, KindLanguage } from "../kinds/kind.js";
import { batonLanguage } from "../kinds/language.js";
import { findCycles, printCycle } from "./checks/cycle.js";
import { type Container, GRAPH_FORMAT, type Graph, type GraphNode, type NodeInputs, type Scope } from "./graph.js";
import { type Links, linkSteps } from "./links.js";
import { type Outline, type OutlineScope, type OutlineStep, outlineOf } from "./outline.js";
import { indexNames } from "./visibility.js";

/** Compiles a definition that `validateDefinition` accepted. Throws on any other. */
export function compileGraph(definition: WorkflowDefinition, language: KindLanguage = batonLanguage): Graph {
  const outline = outlineOf(definition, language);
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

/** Builds the graph from valid links. */
export function buildGraph(outline: Outline, links: Links): Graph {
  const building: Building = { links, nodes: new Map(), containers: new Map() };
  for (const step of outline.steps) addStep(building, step);
  const top = scopeOf(building, outline.top);
  return {
    format: GRAPH_FORMAT,
    language: outline.language,
    definition: outline.definition,
    outline,
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
  const { step, kind, pointer, template, scope } = outlined;
  const links = building.links.of(outlined);
  const begins: Omit<Node, "id" | "role"> = {
    step,
    kind,
    pointer,
    container: scope.owner?.template ?? null,
    dependencies: [...links.dependencies].map((dependency) => dependency.template),
    statusOf: links.statusOf.map((dependency) => dependency.template),
    inputs: links.enterInputs,
  };
  if (kind.shape === "leaf") building.nodes.set(template, { ...begins, id: template, role: "step" });
  else addContainer(building, { outlined, kind, begins });
}

function addContainer(
  building: Building,
  {
    outlined,
    kind,
    begins,
  }: { readonly outlined: OutlineStep; readonly kind: ContainerKind; readonly begins: Omit<Node, "id" | "role"> },
): void {
  const { template, enter } = outlined;
  const container = containerOf(building, outlined, kind);
  const leaves = container.scopes.flatMap((inner) => inner.leaves);
  const { exitInputs } = building.links.of(outlined);
  building.containers.set(template, container);
  building.nodes.set(enter, { ...begins, id: enter, role: "enter" });
  const exit = { ...begins, ...ends(kind.entersAll ? leaves : [], exitInputs) };
  building.nodes.set(template, { ...exit, id: template, role: "exit" });
  if (!container.repeats || container.single) return;
  const item = `${template}.*`;
  building.nodes.set(item, { ...begins, container: template, ...ends(leaves, nothing), id: item, role: "item" });
}

function ends(dependencies: readonly string[], inputs: NodeInputs): Pick<Node, "dependencies" | "statusOf" | "inputs"> {
  return { dependencies, statusOf: [], inputs };
}

function containerOf(
  building: Building,
  { step, template, enter, bodies }: OutlineStep,
  kind: ContainerKind,
): Container {
  return {
    id: template,
    enter,
    step,
    kind,
    maxParallel: kind.maxParallel(step),
    scopes: bodies.map((body) => scopeOf(building, body)),
    repeats: kind.repetition !== undefined,
    single: kind.single?.(step) !== undefined,
  };
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
  for (const { id, kind, repeats, scopes } of containers.values())
    if (!repeats && !kind.entersAll)
      for (const { leaves } of scopes) for (const leaf of leaves) dependents.get(leaf)?.push(id);
  return new Map([...nodes].map(([id, node]) => [id, { ...node, dependents: dependents.get(id) ?? [] }]));
}
