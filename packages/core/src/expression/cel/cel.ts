import { type ASTNode, Environment, EvaluationError, ParseError } from "@marcbachmann/cel-js";
import { ExpressionError, LimitPassed } from "../expression-error.js";
import { expressionLimits } from "../expression-limits.js";
import { plainValue } from "../plain-value.js";
import { linearRegex } from "./linear-regex.js";
import { instrument, WorkBudget } from "./work-budget.js";

/** A parsed and checked CEL expression. */
export interface CelProgram {
  readonly ast: ASTNode;
  /** The type of the result, or `dyn` if it is unknown. */
  readonly type: string;
  /** Evaluates with exactly these names. Returns plain JSON or throws an ExpressionError. */
  run(names: Readonly<Record<string, unknown>>): unknown;
}

const environment = createEnvironment();

/** Parses and checks one expression, or throws an ExpressionError with its position. */
export function parseCel(source: string): CelProgram {
  if (source.length > expressionLimits.maxLength)
    throw new ExpressionError(`the expression is longer than ${expressionLimits.maxLength} characters`, {
      source,
      offset: 0,
      type: "limit",
    });
  return located(source, () => {
    const parsed = environment.parse(source);
    const checked = parsed.check();
    if (!checked.valid) throw checked.error ?? new Error("the expression is not valid");
    const budget = new WorkBudget();
    instrument(parsed.ast, budget);
    const run = (names: Readonly<Record<string, unknown>>) => located(source, () => evaluate(parsed, budget, names));
    return { ast: parsed.ast, type: checked.type ?? "dyn", run };
  });
}

/**
 * Scope names are not declared here: which names are visible differs per step, so the caller checks them (names.ts).
 * `run` then receives exactly those names, in an object without a prototype.
 */
function createEnvironment(): Environment {
  const created = new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits: {
      maxAstNodes: expressionLimits.maxNodes,
      maxDepth: expressionLimits.maxDepth,
      maxListElements: expressionLimits.maxElements,
      maxMapEntries: expressionLimits.maxElements,
      maxCallArguments: expressionLimits.maxCallArguments,
    },
  });
  registerMixedNumbers(created);
  registerTextAndNumbers(created);
  created.registerFunction(
    "regex(string, string): bool",
    (text: string, pattern: string) => linearRegex(pattern).test(text),
    { async: false },
  );
  return created;
}

/** JSON numbers are doubles and CEL literals are integers, so `input.amount * 2` needs operators for both orders. */
function registerMixedNumbers(target: Environment): void {
  const operators = {
    "+": (left: number | bigint, right: number | bigint) => Number(left) + Number(right),
    "-": (left: number | bigint, right: number | bigint) => Number(left) - Number(right),
    "*": (left: number | bigint, right: number | bigint) => Number(left) * Number(right),
    "/": (left: number | bigint, right: number | bigint) => Number(left) / Number(right),
    "%": (left: number | bigint, right: number | bigint) => Number(left) % Number(right),
  };
  for (const [operator, apply] of Object.entries(operators)) {
    target.registerOperator(`double ${operator} int: double`, apply);
    target.registerOperator(`int ${operator} double: double`, apply);
  }
  target.registerOperator("double % double", operators["%"]);
  target.registerOperator("int == double", (left: bigint, right: number) => Number(left) === right);
}

function registerTextAndNumbers(target: Environment): void {
  const join = (left: string | number | bigint, right: string | number | bigint) => `${left}${right}`;
  for (const number of ["int", "double"]) {
    target.registerOperator(`string + ${number}: string`, join);
    target.registerOperator(`${number} + string: string`, join);
  }
}

function evaluate(
  run: (names: Readonly<Record<string, unknown>>) => unknown,
  budget: WorkBudget,
  names: Readonly<Record<string, unknown>>,
): unknown {
  budget.refill();
  const value = plainValue(runWithAnyKeys(run, names));
  budget.assertLeft();
  return value;
}

/**
 * cel-js detects an object's type by its `constructor`, so it fails on data with a key of that name. Such data is legal
 * but rare. Only then is the scope copied, with each such object replaced by a Map, which CEL reads the same way.
 */
function runWithAnyKeys(
  run: (names: Readonly<Record<string, unknown>>) => unknown,
  names: Readonly<Record<string, unknown>>,
): unknown {
  try {
    return run(names);
  } catch (error) {
    if (!(error instanceof EvaluationError) || error.code !== "unsupported_type") throw error;
    const entries = Object.entries(names).map(([name, value]) => [name, withoutConstructors(value)]);
    return run(Object.assign(Object.create(null), Object.fromEntries(entries)));
  }
}

function withoutConstructors(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutConstructors);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, held]): [string, unknown] => [key, withoutConstructors(held)]);
  return Object.hasOwn(value, "constructor") ? new Map(entries) : Object.fromEntries(entries);
}

/** Turns any error into an ExpressionError with the source and the position. */
function located<Value>(source: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExpressionError) throw error;
    const type = isLimit(error) ? "limit" : "validation";
    throw new ExpressionError(messageOf(error), { source, offset: offsetOf(error), type, cause: error });
  }
}

function isLimit(error: unknown): boolean {
  if (error instanceof LimitPassed || error instanceof RangeError) return true;
  return error instanceof ParseError && error.code === "limit_exceeded";
}

function messageOf(error: unknown): string {
  if (hasSummary(error)) return error.summary;
  if (error instanceof RangeError) return "the expression is too large or too deep";
  return error instanceof Error ? error.message : String(error);
}

function offsetOf(error: unknown): number {
  return hasSummary(error) ? (error.range?.start ?? 0) : 0;
}

function hasSummary(error: unknown): error is { summary: string; range?: { start: number } } {
  return error instanceof Error && "summary" in error && typeof error.summary === "string";
}
