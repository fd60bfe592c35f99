import type { ProblemCode } from "@batonrun/contract";
import { pointerOf } from "@batonrun/node/json";
import type { References } from "../expression/expression.js";
import type { ExpressionIssue } from "../expression/expression-issue.js";
import { refusedStepIds } from "../expression/names.js";
import { didYouMean } from "../expression/suggestion.js";
import { compileTemplate } from "../expression/template.js";
import type { NodeInputs } from "./graph.js";
import { chainOf, displayName, type Outline, type OutlineStep } from "./outline.js";
import { compileStepExpressions, type StepExpressions } from "./step-expressions.js";
import { findVisible, type NameIndex, namesAt } from "./visibility.js";

/** A problem in the graph. `inside` is set if it is at an offset in a string. */
export interface LinkIssue {
  readonly pointer: string;
  readonly severity: "error" | "warning";
  readonly code: ProblemCode;
  readonly message: string;
  /** The problem is with the key, not with its value. */
  readonly isKey?: boolean;
  readonly inside?: { readonly source: string; readonly offset: number };
}

/** What one declared step waits for and reads. */
export interface StepLinks {
  /** Steps of its own scope that must end first. For a container, this includes those that its inner steps read. */
  readonly dependencies: ReadonlySet<OutlineStep>;
  /** The subset of the dependencies whose `.status` the step's own `if` reads. */
  readonly statusOf: readonly OutlineStep[];
  /** What the node that begins the step reads. For a leaf, this is everything. */
  readonly enterInputs: NodeInputs;
  /** What a container's exit reads. */
  readonly exitInputs: NodeInputs;
  /** The step's `if` is constant and false. */
  readonly neverRuns: boolean;
}

export interface Links {
  /** Throws if the step is not part of the linked outline. */
  of(step: OutlineStep): StepLinks;
  readonly outputInputs: NodeInputs | null;
  readonly issues: readonly LinkIssue[];
}

interface Linking {
  readonly index: NameIndex;
  readonly dependencies: Map<OutlineStep, Set<OutlineStep>>;
  readonly issues: LinkIssue[];
}

/** Resolves all references of a definition. Each step's expressions are compiled once and not kept. */
export function linkSteps(index: NameIndex): Links {
  const { outline } = index;
  const linking: Linking = { index, dependencies: new Map(), issues: [] };
  const bySteps = new Map(outline.steps.map((step) => [step, linkStep(linking, step)]));
  const of = (step: OutlineStep): StepLinks => {
    const links = bySteps.get(step);
    if (links === undefined) throw new TypeError(`${step.template} is not a step of the outline that was linked`);
    return links;
  };
  return { of, outputInputs: linkOutput(linking), issues: linking.issues };
}

function linkStep(linking: Linking, step: OutlineStep): StepLinks {
  checkId(linking, step);
  linkNeeds(linking, step);
  const expressions = compileStepExpressions(linking.index, step);
  const { enter, exit } = locatedExpressions(step, expressions);
  for (const located of [...enter, ...exit]) {
    report(linking, located);
    for (const id of located.references.steps) depend(linking, step, id);
  }
  const statusIds = expressions.if?.references.statusOf ?? new Set<string>();
  const own = dependenciesOf(linking, step);
  return {
    dependencies: own,
    statusOf: [...statusIds].flatMap((id) => {
      const target = findVisible(linking.index.outline, step, id);
      return target !== null && own.has(target) ? [target] : [];
    }),
    enterInputs: inputsOf(linking.index.outline, step, enter),
    exitInputs: inputsOf(linking.index.outline, step, exit),
    neverRuns: isConstantFalse(expressions),
  };
}

/** An expression with its location in the definition. */
interface LocatedExpression {
  readonly pointer: string;
  readonly references: References;
  readonly issues: readonly ExpressionIssue[];
}

/** A leaf evaluates everything in its one node. A container evaluates `output` at its exit. */
function locatedExpressions(
  { kind, pointer }: OutlineStep,
  expressions: StepExpressions,
): { readonly enter: readonly LocatedExpression[]; readonly exit: readonly LocatedExpression[] } {
  const locate = (
    key: string,
    expression: Omit<LocatedExpression, "pointer"> | undefined,
  ): readonly LocatedExpression[] =>
    expression === undefined ? [] : [{ ...expression, pointer: `${pointer}/${key}` }];
  const own = (atExit: boolean) =>
    expressions.own
      .filter(({ when }) => (kind.shape === "container" && when === "exit") === atExit)
      .flatMap(({ key, compiled }) => locate(key, compiled));
  const output = locate("output", expressions.output);
  const enter = [...locate("if", expressions.if), ...own(false)];
  return kind.shape === "leaf"
    ? { enter: [...enter, ...output], exit: [] }
    : { enter, exit: [...own(true), ...output] };
}

function report(linking: Linking, { pointer, issues }: LocatedExpression): void {
  for (const { path, code, message, source, offset } of issues)
    linking.issues.push({
      pointer: pointer + pointerOf(path),
      severity: "error",
      code,
      message,
      inside: { source, offset },
    });
}

/** If a step reads a step of an enclosing scope, the container in that scope waits for it. */
function depend(linking: Linking, reader: OutlineStep, id: string): void {
  const target = findVisible(linking.index.outline, reader, id);
  if (target === null) return;
  const waiting = chainOf(reader).find((step) => step.scope === target.scope);
  if (waiting !== undefined) dependenciesOf(linking, waiting).add(target);
}

function dependenciesOf({ dependencies }: Linking, step: OutlineStep): Set<OutlineStep> {
  const known = dependencies.get(step);
  if (known !== undefined) return known;
  const made = new Set<OutlineStep>();
  dependencies.set(step, made);
  return made;
}

function linkNeeds(linking: Linking, step: OutlineStep): void {
  const names = namesAt(linking.index, { step });
  for (const [at, id] of step.step.needs.entries()) {
    if (step.step.needs.indexOf(id) < at) {
      linking.issues.push({
        pointer: `${step.pointer}/needs/${at}`,
        severity: "error",
        code: "duplicate_need",
        message: `"${id}" is listed twice; remove one of them`,
      });
    } else if (names.isStep(id)) depend(linking, step, id);
    else {
      const explained = names.explain(id);
      const unknown = `step "${id}" does not exist.${didYouMean(id, names.stepIds())}`;
      linking.issues.push({
        pointer: `${step.pointer}/needs/${at}`,
        severity: "error",
        code: explained?.code ?? "unknown_step",
        message: explained?.message ?? unknown,
      });
    }
  }
}

function checkId(linking: Linking, { id, pointer, scope }: OutlineStep): void {
  if (id === null) return;
  if (refusedStepIds.has(id)) {
    const message = `"${id}" is a reserved word and cannot be a step id. Use "${id}_"`;
    linking.issues.push({ pointer, severity: "error", code: "bad_step_id", message, isKey: true });
  }
  for (let outer = scope.owner; outer !== null; outer = outer.scope.owner) {
    if (!outer.scope.byId.has(id)) continue;
    const where = outer.scope.owner === null ? "at the top level" : `in "${displayName(outer.scope.owner)}"`;
    const message = `the id "${id}" is already used by a step ${where}, which is visible here; choose another id`;
    linking.issues.push({ pointer, severity: "error", code: "shadowed_step", message, isKey: true });
    return;
  }
}

function linkOutput(linking: Linking): NodeInputs | null {
  const { index } = linking;
  const { output } = index.outline.definition;
  if (output === undefined) return null;
  const compiled = compileTemplate(output, namesAt(index, { step: null }));
  const located: LocatedExpression = { ...compiled, pointer: "/output" };
  report(linking, located);
  return inputsOf(index.outline, null, [located]);
}

function inputsOf(outline: Outline, step: OutlineStep | null, expressions: readonly LocatedExpression[]): NodeInputs {
  const steps = new Set<string>();
  const roots = new Set<string>();
  for (const { references } of expressions) {
    for (const root of references.roots) roots.add(root);
    for (const id of references.steps) {
      const target = findVisible(outline, step, id);
      if (target !== null) steps.add(target.template);
    }
  }
  return { steps: [...steps], input: roots.has("input"), item: itemContainer(step, roots) };
}

/** The enclosing repeated container whose item the step reads, or null. */
function itemContainer(step: OutlineStep | null, roots: ReadonlySet<string>): string | null {
  const repeated = step?.scope.repeated ?? null;
  if (repeated?.kind.shape !== "container") return null;
  return repeated.kind.repetition?.itemNames.some((name) => roots.has(name)) ? repeated.template : null;
}

function isConstantFalse({ if: condition }: StepExpressions): boolean {
  if (condition === undefined || condition.issues.length > 0) return false;
  const { roots, steps } = condition.references;
  if (roots.size + steps.size > 0) return false;
  try {
    return condition.evaluate({}) === false;
  } catch {
    // The step fails in every run. That is an error, not an unreachable step.
    return false;
  }
}
