import { type ASTNode, Optional } from "@marcbachmann/cel-js";
import { LimitPassed } from "./expression-error.js";
import { expressionLimits } from "./expression-limits.js";
import { linearRegex } from "./linear-regex.js";
import { isPlain } from "./plain-value.js";

/**
 * Bounds the work of one evaluation: cel-js has no budget of its own, and a few characters of CEL can double a list
 * thirty times. Each operator that costs more than a step is wrapped, so that it pays before it works.
 *
 * B1 a macro pays its items times the size of its body, each time it runs;
 * B2 what copies, compares or scans pays in proportion to what it copies, compares or scans;
 * B3 fields are read of plain data only, never of what cel-js is made of;
 * B4 a budget once spent stays spent, even where CEL swallows the error (`||`, `exists`): `assertLeft` tells.
 */
export class WorkBudget {
  #left: number = expressionLimits.maxWork;

  refill(): void {
    this.#left = expressionLimits.maxWork;
  }

  pay(units: number): void {
    this.#left -= units;
    this.assertLeft();
  }

  assertLeft(): void {
    if (this.#left < 0)
      throw new LimitPassed("the expression exceeds its work budget: its lists or strings are too large");
  }

  get left(): number {
    return Math.max(this.#left, 0);
  }
}

/** What cel-js sets on a node once it is checked, beside its published type. */
interface CheckedNode {
  op: string;
  args: unknown;
  handle?: (...operands: unknown[]) => unknown;
  meta: { alternate?: CheckedNode; macro?: HasMacro };
}

/** `has(a.b.c)`: the only macro that keeps the nodes that it follows, from `.c` down to `a`. */
interface HasMacro {
  macroHasProps?: readonly CheckedNode[];
  evaluate(evaluator: { run(node: CheckedNode, context: unknown): unknown }, macro: unknown, context: unknown): unknown;
}

type Price = (budget: WorkBudget, operands: readonly unknown[]) => void;

/** Puts the budget between a checked expression and its operators. */
export function instrument(ast: ASTNode, budget: WorkBudget): void {
  // The compiler does not know `handle` and `meta`; the tests of this file fail when cel-js no longer has them.
  visit(ast as unknown as CheckedNode, budget);
}

/** Returns the number of nodes below and including `node`. */
function visit(node: CheckedNode, budget: WorkBudget): number {
  const size = 1 + childNodes(node.args).reduce((sum, child) => sum + visit(child, budget), 0);
  charge(node, budget, priceOf(node));
  if (node.meta.macro !== undefined) guardHas(node.meta.macro);
  const expanded = node.meta.alternate;
  if (expanded?.op === "comprehension") charge(expanded, budget, macroPrice(size));
  return size;
}

function childNodes(args: unknown): readonly CheckedNode[] {
  if (Array.isArray(args)) return args.flatMap(childNodes);
  // Node arguments are nodes, names or literals; only nodes are objects with an `op`.
  return typeof args === "object" && args !== null && "op" in args ? [args as CheckedNode] : [];
}

function charge(node: CheckedNode, budget: WorkBudget, price: Price | null): void {
  const { handle } = node;
  if (handle === undefined || price === null) return;
  node.handle = (...operands) => {
    price(budget, operands);
    return handle(...operands);
  };
}

function priceOf(node: CheckedNode): Price | null {
  switch (node.op) {
    case "+":
      return (budget, [left, right]) => budget.pay(joined(left, right));
    case "==":
    case "!=":
      return (budget, [left, right]) => budget.pay(Math.min(weight(left, budget.left), weight(right, budget.left)));
    case "in":
      return (budget, [, right]) => budget.pay(Array.isArray(right) ? weight(right, budget.left) : 1);
    case ".":
    case ".?":
    case "[]":
    case "[?]":
      return (_budget, [left]) => assertData(left);
    case "rcall":
    case "call":
      return callPrice(Array.isArray(node.args) ? node.args[0] : null);
    default:
      return null;
  }
}

/** `has` looks by itself, past the operators: it sees what they would. */
function guardHas(macro: HasMacro): void {
  const { macroHasProps: nodes, evaluate } = macro;
  const root = nodes?.at(-1);
  if (nodes === undefined || root === undefined) return;
  const keys = nodes
    .slice(0, -1)
    .map(({ args }): unknown => (Array.isArray(args) ? args[1] : null))
    .reverse();
  macro.evaluate = (evaluator, self, context) =>
    evaluate(evaluator, self, context) === true && isDataPath(evaluator.run(root, context), keys);
}

function isDataPath(root: unknown, keys: readonly unknown[]): boolean {
  let at = root;
  for (const key of keys) {
    if (at instanceof Map) at = at.get(key);
    else if (typeof at === "object" && at !== null && isPlain(at))
      at = Reflect.getOwnPropertyDescriptor(at, String(key))?.value;
    else return false;
  }
  return true;
}

/**
 * Fields are read of data only. cel-js reads those of its namespaces, timestamps and durations as JavaScript does,
 * prototypes included: `cel.__proto__` would be one.
 */
function assertData(left: unknown): void {
  const held: unknown = left instanceof Optional && left.hasValue() ? left.value() : left;
  if (typeof held !== "object" || held === null || Array.isArray(held)) return;
  if (held instanceof Map || held instanceof Set || held instanceof Optional || isPlain(held)) return;
  throw new Error("timestamps, durations, bytes, types, and namespaces have no fields");
}

function macroPrice(bodySize: number): Price {
  const each = Math.ceil(bodySize / 8);
  return (budget, [items]) => budget.pay(1 + itemCount(items) * each);
}

function itemCount(items: unknown): number {
  if (Array.isArray(items)) return items.length;
  if (items instanceof Map) return items.size;
  return typeof items === "object" && items !== null ? Object.keys(items).length : 0;
}

function joined(left: unknown, right: unknown): number {
  if (Array.isArray(left) && Array.isArray(right)) return left.length + right.length;
  const length = lengthOf(left) + lengthOf(right);
  if (length > expressionLimits.maxStringLength)
    throw new LimitPassed(
      `a string of ${length} characters is too long; the limit is ${expressionLimits.maxStringLength}`,
    );
  return 1 + length / 1024;
}

function callPrice(name: unknown): Price {
  return (budget, [operands]) => {
    const values: readonly unknown[] = Array.isArray(operands) ? operands : [];
    const characters = values.reduce((sum: number, value) => sum + lengthOf(value), 0);
    budget.pay(1 + characters / 1024);
    if (name === "split") budget.pay(characters / 8);
    if (name === "join") budget.pay(joinedLength(values) / 1024);
    if (name === "regex") budget.pay(regexWork(values));
  };
}

function joinedLength([list, separator]: readonly unknown[]): number {
  if (!Array.isArray(list)) return 0;
  const length = list.reduce((sum: number, item) => sum + lengthOf(item), list.length * lengthOf(separator));
  if (length > expressionLimits.maxStringLength)
    throw new LimitPassed(
      `a string of ${length} characters is too long; the limit is ${expressionLimits.maxStringLength}`,
    );
  return length;
}

function regexWork([text, pattern]: readonly unknown[]): number {
  if (typeof text !== "string" || typeof pattern !== "string") return 0;
  return (text.length * linearRegex(pattern).size) / 32;
}

function lengthOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  return value instanceof Uint8Array ? value.length : 0;
}

/** Values in `value`, itself and all it holds, counted up to `limit`: parts that are shared count each time. */
function weight(value: unknown, limit: number): number {
  let count = 0;
  const open: unknown[] = [value];
  while (open.length > 0 && count <= limit) {
    const next = open.pop();
    count += 1 + lengthOf(next) / 1024;
    if (Array.isArray(next)) for (const item of next) open.push(item);
    else if (next instanceof Map) for (const item of next.values()) open.push(item);
    else if (typeof next === "object" && next !== null && !(next instanceof Uint8Array))
      for (const item of Object.values(next)) open.push(item);
  }
  return count;
}
