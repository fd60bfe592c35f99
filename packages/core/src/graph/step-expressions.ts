import type { Compilation, ExpressionScope } from "../expression/expression.js";
import { ExpressionError } from "../expression/expression-error.js";
import type { Names } from "../expression/names.js";
import { compileBareCel, compileMapping, compileTemplate } from "../expression/template.js";
import type { ExpressionForm, OwnExpression } from "../kinds/kind.js";
import type { OutlineStep } from "./outline.js";
import { type NameIndex, namesAt } from "./visibility.js";

/** The compiled expressions of one declared step. For a container, those of both its enter and its exit. */
export interface StepExpressions {
  readonly if?: Compilation;
  /** The expressions in the keys of the step's kind. */
  readonly own: readonly CompiledExpression[];
  readonly output?: Compilation;
}

export interface CompiledExpression extends Pick<OwnExpression, "key" | "when"> {
  readonly compiled: Compilation;
}

export function compileStepExpressions(index: NameIndex, outlined: OutlineStep): StepExpressions {
  const { step, kind } = outlined;
  const names = namesAt(index, { step: outlined });
  const { if: condition, output } = step;
  return {
    ...(condition === undefined ? {} : { if: compileForm("condition", condition, names) }),
    own: kind.expressions(step).map(({ key, when, form, source }) => ({
      key,
      when,
      compiled: compileForm(form, source, names),
    })),
    ...(output === undefined ? {} : { output: compileOutput(index, outlined, output) }),
  };
}

function compileOutput(index: NameIndex, step: OutlineStep, output: Readonly<Record<string, string>>): Compilation {
  return compileMapping(output, namesAt(index, { step, extraRoots: ["result"] }));
}

function compileForm(form: ExpressionForm, source: unknown, names: Names): Compilation {
  if (form === "template" || typeof source !== "string") return compileTemplate(source, names);
  return requireType(compileBareCel(source, names), { source, form });
}

type BareForm = Exclude<ExpressionForm, "template">;

/** What a form must return: the prefix of its CEL type, its name in messages, and a check of the value. */
const wantedOf = {
  condition: { type: "bool", words: "true or false", accepts: (value: unknown) => typeof value === "boolean" },
  list: { type: "list", words: "a list", accepts: (value: unknown) => Array.isArray(value) },
} as const satisfies Record<BareForm, { type: string; words: string; accepts(value: unknown): boolean }>;

/** A type known at compile time is checked there. Any other is checked when the expression is evaluated. */
function requireType(
  compiled: Compilation,
  { source, form }: { readonly source: string; readonly form: BareForm },
): Compilation {
  const { type, issues } = compiled;
  const wanted = wantedOf[form];
  if (issues.length === 0 && !type.startsWith("dyn") && !type.startsWith(wanted.type)) {
    const message = `the expression returns ${type}, not ${wanted.words}`;
    return { ...compiled, issues: [{ code: "bad_expression", message, path: [], source, offset: 0 }] };
  }
  const evaluate = (scope: ExpressionScope): unknown => {
    const value = compiled.evaluate(scope);
    if (wanted.accepts(value)) return value;
    throw new ExpressionError(`the expression returned ${describe(value)}, not ${wanted.words}`, { source, offset: 0 });
  };
  return { ...compiled, evaluate };
}

function describe(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
