import { type CelProgram, parseCel } from "./cel/cel.js";
import { type CelReference, celReferences } from "./cel/cel-references.js";
import { ExpressionError } from "./expression-error.js";
import type { ExpressionIssue } from "./expression-issue.js";
import { checkReference, type NameIssue } from "./name-check.js";
import { type Names, stepFields } from "./names.js";
import { didYouMean } from "./suggestion.js";
import { replaceWildcards, type Wildcard } from "./wildcard.js";

/**
 * The values that an expression can read: `input`, `vars`, `run`, `item`, `index`, `result`, and the visible steps by
 * their declared ids, each a `StepValue`. Only the names that the expression mentions are required.
 */
export type ExpressionScope = Readonly<Record<string, unknown>>;

/** A step as expressions see it. `result` is null if the step was skipped or failed. */
export interface StepValue {
  readonly result: unknown;
  readonly status: string;
  readonly error: unknown;
  readonly attempts: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly degraded: boolean;
}

/** What an expression reads, known without evaluating it. */
export interface References {
  /** The roots that it mentions: `input`, `vars`, `run`, `item`, `index`, `result`. */
  readonly roots: ReadonlySet<string>;
  /** Declared ids of the steps that it reads, with wildcards expanded. */
  readonly steps: ReadonlySet<string>;
  /** The subset of `steps` whose `.status` it reads, or that it uses as a whole. */
  readonly statusOf: ReadonlySet<string>;
}

/** Compiled once, evaluated often. `evaluate` returns plain JSON or throws an ExpressionError. */
export interface Evaluator {
  readonly references: References;
  evaluate(scope: ExpressionScope): unknown;
}

/** The result of compiling. If there are issues, `evaluate` throws the first. */
export interface Compilation extends Evaluator {
  readonly issues: readonly ExpressionIssue[];
  /** The CEL type of the result, or `dyn` if it is unknown. */
  readonly type: string;
}

/** Compiles one CEL expression without template braces. `offset` is its position in `source`. */
export function compileCel(
  text: string,
  names: Names,
  location: { readonly source: string; readonly offset: number } = { source: text, offset: 0 },
): Compilation {
  try {
    return compileParsed(parse(text), names, location);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const code = error.type === "limit" ? "limit_exceeded" : "bad_expression";
    return broken({
      code,
      message: error.message,
      path: [],
      source: location.source,
      offset: location.offset + error.offset,
    });
  }
}

/** The references of several expressions together. */
export function unionOfReferences(all: readonly References[]): References {
  return {
    roots: new Set(all.flatMap(({ roots }) => [...roots])),
    steps: new Set(all.flatMap(({ steps }) => [...steps])),
    statusOf: new Set(all.flatMap(({ statusOf }) => [...statusOf])),
  };
}

interface Parsed {
  readonly program: CelProgram;
  readonly references: readonly CelReference[];
  readonly wildcards: readonly Wildcard[];
}

function parse(source: string): Parsed {
  const { text, wildcards } = replaceWildcards(source);
  const program = parseCel(text);
  return { program, references: celReferences(program.ast), wildcards };
}

function compileParsed(
  { program, references, wildcards }: Parsed,
  names: Names,
  location: { readonly source: string; readonly offset: number },
): Compilation {
  const synthetic = new Set(wildcards.map(({ name }) => name));
  const plain = references.filter(({ name }) => !synthetic.has(name));
  const expanded = wildcards.map((wildcard) => ({ ...wildcard, ids: matchingSteps(wildcard, names) }));
  const issue = (found: NameIssue, offset: number): ExpressionIssue => {
    return { ...found, path: [], source: location.source, offset: location.offset + offset };
  };
  const issues = [
    ...plain.flatMap((reference) => {
      const found = checkReference(reference, names);
      return found === null ? [] : [issue(found, reference.offset)];
    }),
    ...expanded.flatMap((wildcard) => checkWildcard(wildcard).map((found) => issue(found, wildcard.offset))),
  ];
  const [first] = issues;
  if (first !== undefined) return { ...broken(first), issues };
  return {
    issues,
    type: program.type,
    references: collectReferences(plain, expanded, names),
    evaluate: (scope) => run(program, namesOf(plain, expanded, scope), location),
  };
}

interface ExpandedWildcard extends Wildcard {
  readonly ids: readonly string[];
}

function matchingSteps({ prefix }: Wildcard, names: Names): readonly string[] {
  return [...names.stepIds()].filter((id) => id.startsWith(prefix));
}

function checkWildcard({ prefix, field, ids }: ExpandedWildcard): readonly NameIssue[] {
  const fields: readonly string[] = stepFields;
  if (!fields.includes(field))
    return [
      {
        code: "unknown_field",
        message: `steps have no field "${field}" (in ${prefix}*.${field}).${didYouMean(field, fields)}`,
      },
    ];
  if (ids.length > 0) return [];
  return [{ code: "empty_wildcard", message: `${prefix}* matches no step that is visible here` }];
}

function collectReferences(
  plain: readonly CelReference[],
  wildcards: readonly ExpandedWildcard[],
  names: Names,
): References {
  const roots = new Set<string>();
  const steps = new Set<string>();
  const statusOf = new Set<string>();
  for (const { name, path } of plain) {
    (names.isStep(name) ? steps : roots).add(name);
    if (names.isStep(name) && (path[0] === "status" || path.length === 0)) statusOf.add(name);
  }
  for (const { ids, field } of wildcards)
    for (const id of ids) {
      steps.add(id);
      if (field === "status") statusOf.add(id);
    }
  return { roots, steps, statusOf };
}

/** Exactly the names that the expression mentions, without a prototype, so that it can reach nothing else. */
function namesOf(
  plain: readonly CelReference[],
  wildcards: readonly ExpandedWildcard[],
  scope: ExpressionScope,
): Readonly<Record<string, unknown>> {
  // Object.create is typed any. An object without a prototype and properties is an empty record.
  const names = Object.create(null) as Record<string, unknown>;
  for (const { name } of plain) if (Object.hasOwn(scope, name)) names[name] = scope[name];
  for (const { name, ids, field } of wildcards) names[name] = ids.map((id) => fieldOf(scope, id, field));
  return names;
}

function fieldOf(scope: ExpressionScope, id: string, field: string): unknown {
  const step: unknown = Object.hasOwn(scope, id) ? scope[id] : null;
  if (typeof step !== "object" || step === null || !Object.hasOwn(step, field)) return null;
  // Just checked that the step has the field. The type of scope values is no narrower.
  return (step as Readonly<Record<string, unknown>>)[field] ?? null;
}

function run(
  program: CelProgram,
  names: Readonly<Record<string, unknown>>,
  location: { readonly source: string; readonly offset: number },
): unknown {
  try {
    return program.run(names);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { type } = error;
    throw new ExpressionError(error.message, {
      source: location.source,
      offset: location.offset + error.offset,
      type,
      cause: error,
    });
  }
}

const noReferences: References = { roots: new Set(), steps: new Set(), statusOf: new Set() };

/** The compilation of an invalid expression: evaluating it throws the issue. */
export function broken(issue: ExpressionIssue): Compilation {
  return {
    issues: [issue],
    type: "dyn",
    references: noReferences,
    evaluate: () => {
      throw new ExpressionError(issue.message, { source: issue.source, offset: issue.offset });
    },
  };
}
