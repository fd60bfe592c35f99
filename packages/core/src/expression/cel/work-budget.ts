import { type ASTNode, Optional } from "@marcbachmann/cel-js";
import { LimitPassed } from "../expression-error.js";
import { expressionLimits } from "../expression-limits.js";
import { isPlain } from "../plain-value.js";
import { linearRegex } from "./linear-regex.js";

/**
 * Limits the work of one evaluation. cel-js has no budget of its own, and a few characters of CEL can double a list
 * thirty times. Operators whose cost depends on their operands are wrapped: they pay first, then run.
 * @example A macro of 9 nodes over 1,000 items pays 1 + 1,000 * ceil(9 / 8) = 2,001 units before it iterates.
 *
 * WB1 A macro pays its number of items times the size of its body, each time it runs.
 * WB2 An operator that copies, compares, or scans pays in proportion to the data it touches.
 * WB3 Fields are read from plain data only, never from cel-js's own objects.
 * WB4 A spent budget stays spent, even if CEL swallows the error (`||`, `exists`): `assertLeft` throws again.
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

/** Properties that cel-js sets on a checked node but does not publish. */
interface CheckedNode {
  op: string;
  args: unknown;
  handle?: (...operands: unknown[]) => unknown;
  meta: { alternate?: CheckedNode; macro?: HasMacro };
}

/** `has(a.b.c)`: the only macro that keeps the nodes it follows, from `.c` down to `a`. */
interface HasMacro {
  macroHasProps?: readonly CheckedNode[];
  evaluate(evaluator: { run(node: CheckedNode, context: unknown): unknown }, macro: unknown, context: unknown): unknown;
}

type Price = (budget: WorkBudget, operands: readonly unknown[]) => void;

/** Wraps the operators of a checked expression so that they pay from the budget. */
export function instrument(ast: ASTNode, budget: WorkBudget): void {
  // The compiler does not know `handle` and `meta`. The tests of this file fail if cel-js drops them.
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
  // Node arguments are nodes, names, or literals. Only nodes are objects with an `op`.
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

/** `has` reads fields itself, bypassing the wrapped operators, so it needs the same check (WB3). */
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
 * Rejects field access on anything but data (WB3). cel-js reads fields of its namespaces, timestamps, and durations like
 * JavaScript does, including the prototype: `cel.__proto__` would return one.
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

/** Number of values in `value`, including itself, counted up to `limit`. Shared parts count each time. */
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
