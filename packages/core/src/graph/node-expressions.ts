import type { Evaluator } from "../expression/expression.js";
import { compileTemplate } from "../expression/template.js";
import type { OwnEvaluators } from "../kinds/kind.js";
import type { Graph, GraphNode } from "./graph.js";
import { enteredBy, type Outline, type OutlineStep } from "./outline.js";
import { type CompiledExpression, compileStepExpressions } from "./step-expressions.js";
import { indexNames, type NameIndex, namesAt, visibleFrom } from "./visibility.js";

/** The compiled expressions of one node. Absent properties do not apply to the node. */
export interface NodeExpressions {
  /** On `step` and `enter` nodes. Returns a boolean. */
  readonly if?: Evaluator;
  /** Expressions in the keys of the step's kind, by key. An `exit` only has those evaluated there. */
  readonly own: OwnEvaluators;
  /** On `step` and `exit` nodes, with `result` in its scope. Returns an object. */
  readonly output?: Evaluator;
}

/** Data derived from a graph on demand. Hundreds of graphs are cached, so only nodes that run are compiled. */
interface Derived {
  readonly index: NameIndex;
  readonly expressions: Map<string, NodeExpressions>;
  output?: Evaluator | null;
}

const derivedByGraph = new WeakMap<Graph, Derived>();

/** The compiled expressions of a node, created on first use and cached with the graph. */
export function nodeExpressions(graph: Graph, nodeId: string): NodeExpressions {
  const derived = derivedOf(graph);
  const known = derived.expressions.get(nodeId);
  if (known !== undefined) return known;
  const made = compileNode(derived.index, nodeOf(graph, nodeId));
  derived.expressions.set(nodeId, made);
  return made;
}

/** The run's `output`, or null for the default (the results of the top leaves by id). */
export function runOutput(graph: Graph): Evaluator | null {
  const derived = derivedOf(graph);
  if (derived.output === undefined) {
    const { output } = graph.definition;
    derived.output = output === undefined ? null : compileTemplate(output, namesAt(derived.index, { step: null }));
  }
  return derived.output;
}

/** The steps that a node's expressions can name: declared id to template id of the node with its result. */
export function visibleSteps(graph: Graph, nodeId: string): ReadonlyMap<string, string> {
  const { outline } = derivedOf(graph).index;
  return byId(visibleFrom(outline, outlinedOf(outline, nodeOf(graph, nodeId))));
}

/** The steps that the run's `output` can name: those of the top scope. */
export function topSteps(graph: Graph): ReadonlyMap<string, string> {
  return byId(derivedOf(graph).index.outline.top.steps);
}

function byId(steps: Iterable<OutlineStep>): ReadonlyMap<string, string> {
  const templates = new Map<string, string>();
  for (const { id, template } of steps) if (id !== null) templates.set(id, template);
  return templates;
}

function derivedOf(graph: Graph): Derived {
  const known = derivedByGraph.get(graph);
  if (known !== undefined) return known;
  const derived: Derived = { index: indexNames(graph.outline, new Set()), expressions: new Map() };
  derivedByGraph.set(graph, derived);
  return derived;
}

function nodeOf(graph: Graph, nodeId: string): GraphNode {
  const node = graph.nodes.get(nodeId);
  if (node === undefined) throw new RangeError(`the graph has no node "${nodeId}"`);
  return node;
}

/** A leaf is found by its own id, a container by any of its nodes. */
function outlinedOf(outline: Outline, { id, role }: GraphNode): OutlineStep {
  const template = stepTemplate(id, role);
  const step = outline.byTemplate.get(template);
  if (step === undefined) throw new RangeError(`the graph's definition has no step "${template}"`);
  return step;
}

function stepTemplate(id: string, role: GraphNode["role"]): string {
  if (role === "enter") return enteredBy(id);
  return role === "item" ? id.slice(0, -".*".length) : id;
}

function compileNode(index: NameIndex, node: GraphNode): NodeExpressions {
  const { if: condition, own, output } = compileStepExpressions(index, outlinedOf(index.outline, node));
  const entering = condition === undefined ? {} : { if: condition };
  const leaving = output === undefined ? {} : { output };
  const evaluators = (wanted: (when: CompiledExpression["when"]) => boolean): OwnEvaluators =>
    new Map(own.filter(({ when }) => wanted(when)).map(({ key, compiled }) => [key, compiled]));
  switch (node.role) {
    case "step":
      return { ...entering, own: evaluators(() => true), ...leaving };
    case "enter":
      return { ...entering, own: evaluators((when) => when !== "exit") };
    case "exit":
      return { own: evaluators((when) => when === "exit"), ...leaving };
    case "item":
      return { own: new Map() };
  }
}
