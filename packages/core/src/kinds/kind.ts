import type { ProblemCode, SerializedError } from "@batonrun/contract";
import type { AbortReason } from "../actions/call-action.js";
import type { Action, ActionContext } from "../actions/define-action.js";
import type { KindSyntax, Language } from "../definition/language.js";
import type { Step, Steps } from "../definition/step.js";
import type { Evaluator, ExpressionScope } from "../expression/expression.js";
import type { InstanceResult } from "./instance-result.js";

/**
 * Everything specific to a step kind. Code that compiles, plans, runs, reads, or draws a step asks its kind: nothing
 * outside `kinds/` refers to a kind by name. `S` is the step as the kind's schema parses it.
 *
 * A leaf runs on a worker, in one node of the graph. A container holds scopes of steps and has two nodes: its enter
 * decides what runs, and its exit judges the outcome.
 */
export type Kind<S extends Step = Step> = LeafKind<S> | ContainerKind<S>;

/** The workflow format, with step kinds that can also run. */
export type KindLanguage = Language<Kind>;

interface CommonKind<S extends Step> extends KindSyntax {
  /** The expressions in the kind's own keys. `if` and `output` are common to all steps and not included. */
  expressions(step: S): readonly OwnExpression[];
  /** What views and drawings show in addition to the step's common keys. */
  notes(step: S): StepNotes;
  /** Finds problems that require the actions announced by live workers. */
  check?(step: S, announced: readonly AnnouncedAction[]): readonly StepIssue[];
}

/** A kind whose steps run on a worker. */
export interface LeafKind<S extends Step = Step> extends CommonKind<S> {
  readonly shape: "leaf";
  /** The action that a worker needs to run the step, or null if any worker can. */
  action(step: S): string | null;
  /**
   * Runs one attempt. Throws an ExpressionError if one of its own expressions fails; every other expected failure is a
   * `LeafEnd`. The engine evaluates `if` before and `output` after it, checks the result, and decides on retries.
   */
  start(attempt: LeafAttempt<S>): Promise<LeafEnd>;
}

/** A kind whose steps contain other steps. */
export interface ContainerKind<S extends Step = Step> extends CommonKind<S> {
  readonly shape: "container";
  /** The scopes of named steps in a step, in order. Empty if its body is a single step without an id. */
  scopes(step: S): readonly BodyScope[];
  /** The single step without an id that is the whole body, if the kind supports that. */
  single?(step: S): Step | undefined;
  /** Set if the body runs once per item, so that its instances have an index. */
  readonly repetition?: Repetition;
  /** Its enter always runs its only scope, so the graph alone determines how many steps arrive at the exit. */
  readonly entersAll: boolean;
  /** How many branches or items can run at the same time, or null for no limit of its own. */
  maxParallel(step: S): number | null;
  /** Throws ExpressionError, or EnterRefused if an evaluated value is unusable. */
  enter(step: S, expressions: OwnEvaluators, scope: ExpressionScope): EnterDecision;
  /** Why the container fails, or null if it succeeds. */
  judge(step: S, tally: Tally): string | null;
  /** Whether a tolerated failure (`onError: continue`) directly inside it counts as failed. */
  readonly countsTolerated: boolean;
  /** Assembles the result from its direct instances when it is read. */
  result(instances: InstanceResults): Promise<unknown>;
}

/**
 * An expression in a key of a kind.
 * @example { key: "over", when: "enter", form: "list", source: "input.chunks" }
 * @example { key: "cases/0/if", when: "enter", form: "condition", source: "score.result > 0.5" }
 */
export interface OwnExpression {
  /** JSON Pointer below the step, without the leading slash. Its evaluator has the same key. */
  readonly key: string;
  /** Evaluated when the step begins, when a container's exit judges, or when a wake-up reaches a parked step. */
  readonly when: "enter" | "exit" | "resume";
  readonly form: ExpressionForm;
  readonly source: unknown;
}

/** `condition` and `list` are bare CEL of that type. A `template` is any JSON whose strings can contain {{ CEL }}. */
export type ExpressionForm = "condition" | "list" | "template";

/** The compiled expressions of a kind's own keys, by key. */
export type OwnEvaluators = ReadonlyMap<string, Evaluator>;

/** What views and drawings show for a step of a particular kind. */
export interface StepNotes {
  readonly action?: string;
}

/** An action that a worker announced. */
export interface AnnouncedAction {
  readonly name: string;
  /** JSON Schema of its `with`. */
  readonly input?: unknown;
}

/** A likely mistake in a step. `pointer` is relative to the step. */
export interface StepIssue {
  readonly pointer: string;
  readonly severity: "error" | "warning";
  readonly code: ProblemCode;
  readonly message: string;
}

/** One attempt to run a leaf. */
export interface LeafAttempt<S extends Step> {
  readonly step: S;
  readonly expressions: OwnEvaluators;
  /** The names that the step's expressions can read. */
  readonly scope: ExpressionScope;
  /** The actions of this worker. */
  readonly actions: ReadonlyMap<string, Action>;
  /** The action's context, except for its input and its signal. */
  readonly context: Omit<ActionContext<unknown>, "signal" | "input">;
  readonly timeoutMs: number;
  /** Aborted from outside, with an AbortReason as its reason. */
  readonly abort: AbortSignal;
}

/** How an attempt to run a leaf ended. */
export interface LeafEnd {
  readonly end: LeafOutcome;
  /** Set if the code ignored its signal and is still running. Resolves when it returns. */
  readonly overdue?: Promise<void>;
}

/**
 * Every member is handled where an attempt ends (execution/run-attempt.ts): a kind that ends in another way, such as one
 * that parks its step until a wake-up, adds its member here and does not compile until it is handled there.
 */
export type LeafOutcome =
  | { readonly kind: "completed"; readonly value: unknown }
  | { readonly kind: "failed"; readonly error: SerializedError }
  | { readonly kind: "aborted"; readonly reason: AbortReason };

/** A scope in a step: steps that can see each other. */
export interface BodyScope {
  /** Distinguishes the scopes of a step, such as by the index of a case. "" if the kind has only one. */
  readonly key: string;
  readonly steps: Steps;
  /** JSON Pointer of the scope in its step: `/cases/0/steps`. */
  readonly pointer: string;
}

/** The names that a repeated body adds for its steps. */
export interface Repetition {
  readonly names: readonly string[];
  /** The subset of `names` that needs the stored item. */
  readonly itemNames: readonly string[];
  /** The values of the names. `item` is null if no name needs it. */
  bind(index: number, item: unknown): Readonly<Record<string, unknown>>;
}

/** The decision of a container's enter. `note` is the data of its `step_entered` event. */
export type EnterDecision =
  /** Run the scope with this key, or none if null. */
  | { readonly kind: "scope"; readonly key: string | null; readonly note: EnterNote }
  /** Run one instance of the body per item. */
  | { readonly kind: "items"; readonly items: readonly unknown[]; readonly note: EnterNote };

type EnterNote = Readonly<Record<string, unknown>>;

/** How a container's direct instances ended. Skipped instances count neither as succeeded nor as failed. */
export interface Tally {
  readonly total: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Loads what a container's direct instances stored, to build its result. */
export interface InstanceResults {
  /** Key of the scope that was entered, or "" if none was. */
  takenScope(): Promise<string>;
  /** The steps of one scope by declared id. */
  ofScope(key: string): Promise<ReadonlyMap<string, InstanceResult>>;
  /** The items of a repeated body, in order. */
  ofItems(): Promise<readonly InstanceResult[]>;
}

/** A container evaluated to a value that it cannot enter, such as `over` to a string. */
export class EnterRefused extends Error {
  readonly type: "validation" | "limit";

  constructor(type: "validation" | "limit", message: string) {
    super(message);
    this.name = "EnterRefused";
    this.type = type;
  }
}
