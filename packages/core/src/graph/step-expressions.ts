import type { Step } from "../definition/schema.js";
import type { Compilation, ExpressionScope } from "../expression/expression.js";
import { ExpressionError } from "../expression/expression-error.js";
import type { Names } from "../expression/names.js";
import { compileBareCel, compileMapping, compileTemplate } from "../expression/template.js";
import type { OutlineStep } from "./outline.js";
import { type NameIndex, namesAt } from "./visibility.js";

/** The compiled expressions of one declared step; for a container, those of both its ends. */
export interface StepExpressions {
  readonly if?: Compilation;
  readonly with?: Compilation;
  readonly over?: Compilation;
  readonly cases?: readonly { readonly key: string; readonly if: Compilation }[];
  readonly output?: Compilation;
}

export function compileStepExpressions(index: NameIndex, outlined: OutlineStep): StepExpressions {
  const { step } = outlined;
  const names = namesAt(index, { step: outlined });
  const { if: condition, output } = step;
  return {
    ...(condition === undefined ? {} : { if: compileCondition(condition, names) }),
    ...ownExpressions(step, names),
    ...(output === undefined ? {} : { output: compileOutput(index, outlined, output) }),
  };
}

function ownExpressions(step: Step, names: Names): StepExpressions {
  switch (step.type) {
    case "action":
      return { with: compileTemplate(step.with, names) };
    case "map":
      return { over: compileOver(step.over, names) };
    case "conditional":
      return { cases: step.cases.map((one, at) => ({ key: String(at), if: compileCondition(one.if, names) })) };
    case "parallel":
      return {};
  }
}

function compileOutput(index: NameIndex, step: OutlineStep, output: Readonly<Record<string, string>>): Compilation {
  return compileMapping(output, namesAt(index, { step, extraRoots: ["result"] }));
}

function compileCondition(source: string, names: Names): Compilation {
  const compiled = compileBareCel(source, names);
  return requireType(compiled, { source, wanted: "bool", isWanted: (value) => typeof value === "boolean" });
}

function compileOver(over: string | readonly unknown[], names: Names): Compilation {
  if (typeof over !== "string") return compileTemplate(over, names);
  const compiled = compileBareCel(over, names);
  return requireType(compiled, { source: over, wanted: "list", isWanted: Array.isArray });
}

interface Requirement {
  readonly source: string;
  readonly wanted: "bool" | "list";
  isWanted(value: unknown): boolean;
}

const wantedWords = { bool: "true or false", list: "a list" } as const;

/** What is known beforehand is a problem of the definition; the rest is checked when it is evaluated. */
function requireType(compiled: Compilation, { source, wanted, isWanted }: Requirement): Compilation {
  const { type, issues } = compiled;
  if (issues.length === 0 && !type.startsWith("dyn") && !type.startsWith(wanted)) {
    const message = `the expression returns ${type}, not ${wantedWords[wanted]}`;
    return { ...compiled, issues: [{ code: "bad_expression", message, path: [], source, offset: 0 }] };
  }
  const evaluate = (scope: ExpressionScope): unknown => {
    const value = compiled.evaluate(scope);
    if (isWanted(value)) return value;
    throw new ExpressionError(`the expression returned ${describe(value)}, not ${wantedWords[wanted]}`, {
      source,
      offset: 0,
    });
  };
  return { ...compiled, evaluate };
}

function describe(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
