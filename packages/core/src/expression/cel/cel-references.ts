import type { ASTNode } from "@marcbachmann/cel-js";
import { ExpressionError } from "../expression-error.js";
import { expressionLimits } from "../expression-limits.js";

/** A name that an expression reads from its scope, and the path below it: `extract.result.text`. */
export interface CelReference {
  readonly name: string;
  /** The static part of the path: `xs[input.i].a` references `xs` and `input.i`. */
  readonly path: readonly string[];
  /** Read with `.?`, `[?]`, or inside `has()`: the value may be missing. */
  readonly optional: boolean;
  readonly offset: number;
}

/** Names of types and namespaces in CEL itself. */
const celNames: ReadonlySet<string> = new Set(
  "bool bytes double int list map null_type string type uint cel google optional".split(" "),
);

const macros: ReadonlySet<string> = new Set(["map", "filter", "all", "exists", "exists_one"]);

/** All names that the expression reads from its scope. Throws on `matches` and on macros nested too deeply. */
export function celReferences(ast: ASTNode): readonly CelReference[] {
  const found: CelReference[] = [];
  walk(ast, { bound: new Set(), macroDepth: 0, optional: false, found });
  return found;
}

interface Walk {
  /** Variables bound by macros. They do not come from the scope. */
  readonly bound: ReadonlySet<string>;
  readonly macroDepth: number;
  readonly optional: boolean;
  readonly found: CelReference[];
}

function walk(node: ASTNode, context: Walk): void {
  if (isSelection(node) || node.op === "id") walkSelection(node, context);
  else if (node.op === "rcall") walkMethod(node, context);
  else if (node.op === "call") walkAll(node.args[1], node.args[0] === "has" ? { ...context, optional: true } : context);
  else walkAll(operandsOf(node), context);
}

type Selection = Extract<ASTNode, { op: "." | ".?" | "[]" | "[?]" }>;
type Operation = Exclude<ASTNode, Selection | { op: "id" | "call" | "rcall" }>;

function isSelection(node: ASTNode): node is Selection {
  return node.op === "." || node.op === ".?" || node.op === "[]" || node.op === "[?]";
}

function operandsOf(node: Operation): readonly ASTNode[] {
  switch (node.op) {
    case "value":
      return [];
    case "map":
      return node.args.flat();
    case "!_":
    case "-_":
      return [node.args];
    default:
      return node.args;
  }
}

function walkAll(nodes: readonly ASTNode[], context: Walk): void {
  for (const node of nodes) walk(node, context);
}

/** Follows `a.b["c"][0]` down to its root name, `a`. */
function walkSelection(node: ASTNode, context: Walk): void {
  let path: readonly string[] = [];
  let optional = context.optional;
  let at = node;
  while (isSelection(at)) {
    if (at.op === ".?" || at.op === "[?]") optional = true;
    const key = selectedKey(at);
    // The path below a computed key is unknown.
    path = key === null ? [] : [key, ...path];
    if (key === null && typeof at.args[1] !== "string") walk(at.args[1], context);
    at = at.args[0];
  }
  if (at.op !== "id") walk(at, context);
  else if (!context.bound.has(at.args) && !celNames.has(at.args))
    context.found.push({ name: at.args, path, optional, offset: at.range.start });
}

function selectedKey(node: Selection): string | null {
  const key = node.args[1];
  if (typeof key === "string") return key;
  return key.op === "value" ? String(key.args) : null;
}

function walkMethod(node: Extract<ASTNode, { op: "rcall" }>, context: Walk): void {
  const [method, receiver, args] = node.args;
  if (method === "matches")
    throw new ExpressionError(
      "matches() is not supported because its run time is unbounded. Use regex(text, pattern)",
      {
        source: node.input,
        offset: node.range.start,
      },
    );
  const variable = boundVariable(node);
  walk(receiver, context);
  if (variable === null) {
    walkAll(args, context);
    return;
  }
  const macroDepth = context.macroDepth + 1;
  if (macroDepth > expressionLimits.maxNestedMacros)
    throw new ExpressionError(
      `${method}() is nested in more than ${expressionLimits.maxNestedMacros - 1} others; move the inner list to a separate step`,
      { source: node.input, offset: node.range.start, type: "limit" },
    );
  walkAll(args.slice(1), { ...context, macroDepth, bound: new Set(context.bound).add(variable) });
}

/** The variable bound by `xs.map(x, …)` or `cel.bind(x, …)`. Treating it as bound in `bind`'s own value is harmless. */
function boundVariable(node: Extract<ASTNode, { op: "rcall" }>): string | null {
  const [method, receiver, [first]] = node.args;
  const isBind = method === "bind" && receiver.op === "id" && receiver.args === "cel";
  if (!isBind && !macros.has(method)) return null;
  return first?.op === "id" ? first.args : null;
}
