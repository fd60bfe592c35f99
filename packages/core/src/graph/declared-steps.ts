import type { Container, Graph, GraphNode, Scope } from "./graph.js";

/** A declared step in its place. Inside a map its id is a template (`chunks.*.extract`). */
export interface DeclaredStep {
  readonly id: string;
  /** The node that ends it: its action, or a container's exit. */
  readonly node: GraphNode;
  /** When it is a container. */
  readonly container: Container | null;
  /** The container it stands in, and the key of the scope there; null at the top. */
  readonly place: { readonly container: Container; readonly key: string } | null;
}

/** Every declared step in order of declaration, a container before what it holds. */
export function declaredSteps(graph: Graph): readonly DeclaredStep[] {
  return stepsOfScope(graph, graph.top, null);
}

/** The steps declared directly in a container, all scopes in order. */
export function stepsOfContainer(graph: Graph, container: Container): readonly DeclaredStep[] {
  return container.scopes.flatMap((scope) =>
    scope.steps.map((id) => declaredStep(graph, id, { container, key: scope.key })),
  );
}

/** One declared step by its template id; null for nodes that are only an end of one (`_enter`, items). */
export function findDeclaredStep(graph: Graph, id: string): DeclaredStep | null {
  const node = graph.nodes.get(id);
  if (node === undefined || node.role === "enter" || node.role === "item") return null;
  const container = node.container === null ? undefined : graph.containers.get(node.container);
  const scope = container?.scopes.find(({ steps }) => steps.includes(id));
  return declaredStep(graph, id, container && scope ? { container, key: scope.key } : null);
}

function stepsOfScope(graph: Graph, scope: Scope, container: Container | null): readonly DeclaredStep[] {
  return scope.steps.flatMap((id) => {
    const step = declaredStep(graph, id, container && { container, key: scope.key });
    const inside = step.container?.scopes.flatMap((inner) => stepsOfScope(graph, inner, step.container)) ?? [];
    return [step, ...inside];
  });
}

function declaredStep(graph: Graph, id: string, place: DeclaredStep["place"]): DeclaredStep {
  const node = graph.nodes.get(id);
  if (node === undefined) throw new Error(`the graph names a node ${id} that it does not have`);
  return { id, node, container: graph.containers.get(id) ?? null, place };
}
