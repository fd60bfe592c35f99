import { isPlainObject } from "@batonrun/node/json";
import { broken, type Compilation, compileCel, type ExpressionScope, unionOfReferences } from "./expression.js";
import { ExpressionError } from "./expression-error.js";
import type { Names } from "./names.js";
import { bareCel, splitTemplate, type TemplatePart } from "./template-text.js";

/** Compiles a key that holds bare CEL (`if`, `over`, …). A string that is exactly one template is accepted too. */
export function compileBareCel(source: string, names: Names): Compilation {
  const { text, offset } = bareCel(source);
  return compileCel(text, names, { source, offset });
}

/** Compiles a mapping with bare CEL values: a step's `output`. */
export function compileMapping(mapping: Readonly<Record<string, string>>, names: Names): Compilation {
  return compileObject(mapping, (source) => compileBareCel(source, names));
}

/** Compiles any JSON whose strings can contain templates: `with`, the workflow's `output`. */
export function compileTemplate(value: unknown, names: Names): Compilation {
  if (typeof value === "string") return compileString(value, names);
  if (Array.isArray(value)) return compileList(value, names);
  if (isPlainObject(value)) return compileObject(value, (held) => compileTemplate(held, names));
  return constant(value);
}

function compileString(source: string, names: Names): Compilation {
  if (!source.includes("{{")) return constant(source);
  try {
    return compileParts(splitTemplate(source), { source, names });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return broken({ code: "bad_expression", message: error.message, path: [], source, offset: error.offset });
  }
}

function compileParts(parts: readonly TemplatePart[], location: { source: string; names: Names }): Compilation {
  const compiled = parts.map((part) => compilePart(part, location));
  const [only] = compiled;
  if (only !== undefined && compiled.length === 1) return only;
  return join(compiled, "string", (scope) => compiled.map((part) => interpolated(part.evaluate(scope))).join(""));
}

function compilePart(part: TemplatePart, { source, names }: { source: string; names: Names }): Compilation {
  return part.kind === "text" ? constant(part.text) : compileCel(part.text, names, { source, offset: part.offset });
}

function compileList(list: readonly unknown[], names: Names): Compilation {
  const items = list.map((item, index) => under(index, compileTemplate(item, names)));
  if (items.every(isConstant)) return constant(list);
  return join(items, "list", (scope) => items.map((item) => item.evaluate(scope)));
}

function compileObject<Value>(
  object: Readonly<Record<string, Value>>,
  compile: (held: Value) => Compilation,
): Compilation {
  const entries = Object.entries(object).map(([key, held]): [string, Compilation] => [key, under(key, compile(held))]);
  const values = entries.map(([, value]) => value);
  if (values.every(isConstant)) return constant(object);
  return join(values, "map", (scope) =>
    Object.fromEntries(entries.map(([key, value]) => [key, value.evaluate(scope)])),
  );
}

function under(key: string | number, compiled: Compilation): Compilation {
  if (compiled.issues.length === 0) return compiled;
  return { ...compiled, issues: compiled.issues.map((issue) => ({ ...issue, path: [key, ...issue.path] })) };
}

function join(parts: readonly Compilation[], type: string, evaluate: (scope: ExpressionScope) => unknown): Compilation {
  return {
    type,
    issues: parts.flatMap(({ issues }) => issues),
    references: unionOfReferences(parts.map(({ references }) => references)),
    evaluate,
  };
}

const constants = new WeakSet<Compilation>();
const nothingRead = unionOfReferences([]);

/** A part without templates. Most of a `with` is constant and does not have to be rebuilt per evaluation. */
function constant(value: unknown): Compilation {
  // Copy it for each caller, because an action can mutate its input.
  const evaluate = () => (typeof value === "object" ? structuredClone(value) : value);
  const compilation: Compilation = { type: "dyn", issues: [], references: nothingRead, evaluate };
  constants.add(compilation);
  return compilation;
}

function isConstant(compilation: Compilation): boolean {
  return constants.has(compilation);
}

/** A value inside longer text: null is empty, lists and objects are JSON. */
function interpolated(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
