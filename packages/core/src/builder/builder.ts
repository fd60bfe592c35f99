import { BatonError } from "@batonrun/contract";
import { API_VERSION, type WorkflowDefinition, type WorkflowSource } from "../definition/language.js";
import type { Json, StepSource } from "../definition/step.js";
import type { stepFields } from "../expression/names.js";
import type { ActionSource } from "../kinds/action.js";
import type { ConditionalSource } from "../kinds/conditional.js";
import { parseDefinition } from "../kinds/language.js";
import type { MapSource } from "../kinds/map.js";
import type { ParallelSource } from "../kinds/parallel.js";
import { expression, isReference, type Reference, reference } from "./reference.js";

type Without<Source, Keys extends string> = Omit<Source, Keys | "type" | "if">;

/** Anything allowed in a `with`: JSON that can contain references. */
export type Buildable =
  | Reference
  | string
  | number
  | boolean
  | null
  | readonly Buildable[]
  | { readonly [key: string]: Buildable };

/** `if` accepts CEL, or a reference to a boolean. */
interface Conditional {
  readonly if?: string | boolean | Reference;
}

export type ActionOptions = Without<ActionSource, "action" | "with"> & Conditional & { readonly with?: Buildable };
export type ParallelOptions = Without<ParallelSource, "steps"> & Conditional;
export type MapOptions = Without<MapSource, "over" | "step" | "steps"> &
  Conditional & { readonly over: string | Reference | readonly Buildable[] };
export type ConditionalOptions = Without<ConditionalSource, "cases" | "else"> & Conditional;
export type WorkflowOptions = Omit<WorkflowSource, "apiVersion" | "name" | "steps" | "output">;

/** A previous step: `extract.result`, `extract.status`, … */
export type StepReference = Reference & { readonly [Field in (typeof stepFields)[number]]: Reference };

/** The steps added so far, by id. */
export type References<Ids extends string> = { readonly [Id in Ids]: StepReference };

/** The steps of one scope. Each can refer to those added before it. */
export interface ScopeBuilder<Ids extends string = never> {
  step<Id extends string>(id: Id, step: StepSource | ((steps: References<Ids>) => StepSource)): ScopeBuilder<Ids | Id>;
  readonly steps: Readonly<Record<string, StepSource>>;
}

export interface WorkflowBuilder<Ids extends string = never> {
  step<Id extends string>(
    id: Id,
    step: StepSource | ((steps: References<Ids>) => StepSource),
  ): WorkflowBuilder<Ids | Id>;
  output(output: Buildable | ((steps: References<Ids>) => Buildable)): WorkflowBuilder<Ids>;
  /** The definition as an author would write it. */
  source(): WorkflowSource;
  /** Returns the definition, or throws a BatonError with all its problems. */
  build(): WorkflowDefinition;
}

/**
 * Builds a workflow in TypeScript. The result is the same as from YAML.
 * @example
 * workflow("greeting", { version: "1.0.0" })
 *   .step("hello", action("core.noop", { with: { text: input.name } }))
 *   .step("shout", ({ hello }) => action("core.noop", { with: { text: `${hello.result.text}!` } }))
 *   .output(({ shout }) => shout.result)
 *   .build();
 */
export function workflow(name: string, options: WorkflowOptions): WorkflowBuilder {
  return workflowBuilder({ apiVersion: API_VERSION, name, ...options, steps: {} });
}

/** The steps inside a container. */
export function scope(): ScopeBuilder {
  return scopeBuilder({});
}

export function action(name: string, { with: values, if: condition, ...rest }: ActionOptions = {}): ActionSource {
  const given = values === undefined ? {} : { with: render(values) };
  return { action: name, ...rest, ...given, ...renderCondition(condition) };
}

export function parallel(body: ScopeBuilder<string>, { if: condition, ...rest }: ParallelOptions = {}): ParallelSource {
  return { type: "parallel", ...rest, ...renderCondition(condition), steps: body.steps };
}

/** Runs one step, or several, for each item of a list. */
export function map(
  { over, if: condition, ...rest }: MapOptions,
  body: (names: { readonly item: Reference; readonly index: Reference }) => StepSource | ScopeBuilder<string>,
): MapSource {
  const made = body({ item: reference("item"), index: reference("index") });
  const outer = { type: "map", ...rest, ...renderCondition(condition), over: renderOver(over) } as const;
  return isScope(made) ? { ...outer, steps: made.steps } : { ...outer, step: made };
}

/** Runs the first case whose condition is true. */
export function conditional(
  cases: readonly { readonly if: string | boolean | Reference; readonly steps: ScopeBuilder<string> }[],
  { otherwise, if: condition, ...rest }: ConditionalOptions & { readonly otherwise?: ScopeBuilder<string> } = {},
): ConditionalSource {
  const made = cases.map((one) => ({ if: renderCel(one.if), steps: one.steps.steps }));
  const last = otherwise === undefined ? {} : { else: { steps: otherwise.steps } };
  return { type: "conditional", ...rest, ...renderCondition(condition), cases: made, ...last };
}

function workflowBuilder<Ids extends string>(source: WorkflowSource): WorkflowBuilder<Ids> {
  return {
    step: (id, step) => workflowBuilder({ ...source, steps: withStep(source.steps, id, step) }),
    output: (output) => {
      const value = typeof output === "function" ? output(referencesTo(source.steps)) : output;
      return workflowBuilder({ ...source, output: render(value) });
    },
    source: () => source,
    build: () => build(source),
  };
}

function scopeBuilder<Ids extends string>(steps: Readonly<Record<string, StepSource>>): ScopeBuilder<Ids> {
  return { steps, step: (id, step) => scopeBuilder(withStep(steps, id, step)) };
}

function withStep<Ids extends string>(
  steps: Readonly<Record<string, StepSource>>,
  id: string,
  step: StepSource | ((steps: References<Ids>) => StepSource),
): Readonly<Record<string, StepSource>> {
  if (Object.hasOwn(steps, id))
    throw new BatonError("definition_invalid", `Duplicate step id "${id}". Choose another id.`);
  return { ...steps, [id]: typeof step === "function" ? step(referencesTo(steps)) : step };
}

function referencesTo<Ids extends string>(steps: Readonly<Record<string, StepSource>>): References<Ids> {
  const references = Object.fromEntries(Object.keys(steps).map((id) => [id, reference(id)]));
  // The builder's type lists exactly the ids added to it, which are the keys of `steps`.
  return references as References<Ids>;
}

function build(source: WorkflowSource): WorkflowDefinition {
  const { definition, problems } = parseDefinition(source);
  if (definition !== null) return definition;
  throw new BatonError("definition_invalid", `The workflow "${source.name}" is invalid.`, { errors: problems });
}

function isScope(made: StepSource | ScopeBuilder<string>): made is ScopeBuilder<string> {
  return "step" in made && typeof made.step === "function";
}

function render(value: Buildable): Json {
  if (isReference(value)) return `{{ ${value[expression]} }}`;
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(render);
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, render(held)]));
}

/** `Array.isArray` does not narrow readonly arrays in a union. */
function isList(value: object): value is readonly Buildable[] {
  return Array.isArray(value);
}

function renderOver(over: string | Reference | readonly Buildable[]): string | readonly Json[] {
  if (typeof over === "string") return over;
  return isReference(over) ? over[expression] : over.map(render);
}

function renderCondition(condition: string | boolean | Reference | undefined): { readonly if?: string | boolean } {
  return condition === undefined ? {} : { if: renderCel(condition) };
}

function renderCel<Other>(value: Other | Reference): Other | string {
  return isReference(value) ? value[expression] : value;
}
