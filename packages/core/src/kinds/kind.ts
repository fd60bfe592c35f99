import type { ProblemCode, SerializedError } from "@batonrun/contract";
import type { AbortReason } from "../actions/call-action.js";
import type { Action, ActionContext } from "../actions/define-action.js";
import type { KindSyntax, Language } from "../definition/language.js";
import type { Step, Steps } from "../definition/step.js";
import type { Evaluator, ExpressionScope } from "../expression/expression.js";
import type { InstanceResult } from "./instance-result.js";

/**
 * All that is special about a kind of step. Whatever compiles, plans, runs, reads, or draws a step asks its kind: nothing
 * outside `kinds/` knows a kind by its name. `S` is the kind's step, as its schema gives it.
 *
 * A leaf is run by a worker, in one node of the graph. A container holds scopes of steps; it has two nodes, an enter that
 * decides what runs and an exit that judges what came of it.
 */
export type Kind<S extends Step = Step> = LeafKind<S> | ContainerKind<S>;

/** The language with all that its kinds can do. */
export type KindLanguage = Language<Kind>;

interface CommonKind<S extends Step> extends KindSyntax {
  /** The expressions in the kind's own keys. `if` and `output`, which every step may have, are not among them. */
  expressions(step: S): readonly OwnExpression[];
  /** What views and drawings show of the step beside its common keys. */
  notes(step: S): StepNotes;
  /** Problems that only a check against what live workers announced can find. */
  check?(step: S, announced: readonly AnnouncedAction[]): readonly StepIssue[];
}

/** A kind whose step a worker runs. */
export interface LeafKind<S extends Step = Step> extends CommonKind<S> {
  readonly shape: "leaf";
  /** The action that a worker must have in order to run the step; null: any worker runs it. */
  action(step: S): string | null;
  /**
   * Runs one attempt. Throws an ExpressionError when an expression of its own cannot be evaluated; whatever else goes wrong
   * as planned is a `LeafEnd`. The engine evaluates `if` before and `output` after, checks the result, and decides on retries.
   */
  start(attempt: LeafAttempt<S>): Promise<LeafEnd>;
}

/** A kind whose step holds other steps. */
export interface ContainerKind<S extends Step = Step> extends CommonKind<S> {
  readonly shape: "container";
  /** The scopes of named steps that a step holds, in order. None where its body is a single step without an id. */
  scopes(step: S): readonly BodyScope[];
  /** The single step without an id that is the whole body, where a kind allows that. */
  single?(step: S): Step | undefined;
  /** Set where the body runs once for each of many items: its instances have an index. */
  readonly repetition?: Repetition;
  /** Its enter always runs its only scope, so that the graph alone tells how many steps arrive at the exit. */
  readonly entersAll: boolean;
  /** How many branches or items may run at the same time; null: no limit of its own. */
  maxParallel(step: S): number | null;
  /** Throws ExpressionError, or EnterRefused when what it evaluated cannot be entered. */
  enter(step: S, expressions: OwnEvaluators, scope: ExpressionScope): EnterDecision;
  /** Why the container fails, or null. */
  judge(step: S, tally: Tally): string | null;
  /** Whether a failure with `onError: continue` directly inside it counts as failed. */
  readonly countsTolerated: boolean;
  /** The result, put together on reading from what the direct instances left. */
  result(instances: InstanceResults): Promise<unknown>;
}

/**
 * An expression in a key of a kind.
 * @example { key: "over", when: "enter", form: "list", source: "input.chunks" }
 * @example { key: "cases/0/if", when: "enter", form: "condition", source: "score.result > 0.5" }
 */
export interface OwnExpression {
  /** Where it is, as a JSON Pointer below the step without its first slash. The evaluator is found under the same name. */
  readonly key: string;
  /** When it is evaluated: as the step begins, as a container's exit judges, or when a wake-up reaches a parked step. */
  readonly when: "enter" | "exit" | "resume";
  readonly form: ExpressionForm;
  readonly source: unknown;
}

/** `condition` and `list` are bare CEL of that type; in a `template`, any string of any JSON may hold {{ CEL }}. */
export type ExpressionForm = "condition" | "list" | "template";

/** The compiled expressions of a kind's own keys, by key. */
export type OwnEvaluators = ReadonlyMap<string, Evaluator>;

/** What views and drawings show of a step of some kind. */
export interface StepNotes {
  /** The action that it calls. */
  readonly action?: string;
}

/** An action that some worker announced. */
export interface AnnouncedAction {
  readonly name: string;
  /** JSON Schema of its `with`. */
  readonly input?: unknown;
}

/** Something that is likely wrong with a step; `pointer` is below the step. */
export interface StepIssue {
  readonly pointer: string;
  readonly severity: "error" | "warning";
  readonly code: ProblemCode;
  readonly message: string;
}

/** One attempt at a leaf. */
export interface LeafAttempt<S extends Step> {
  readonly step: S;
  readonly expressions: OwnEvaluators;
  /** What the step's expressions may read. */
  readonly scope: ExpressionScope;
  /** The actions of this worker. */
  readonly actions: ReadonlyMap<string, Action>;
  /** What an action is handed, but for its input and its signal. */
  readonly context: Omit<ActionContext<unknown>, "signal" | "input">;
  readonly timeoutMs: number;
  /** Aborted from outside; its reason is an AbortReason. */
  readonly abort: AbortSignal;
}

/** How an attempt at a leaf ended. */
export interface LeafEnd {
  readonly end: LeafOutcome;
  /** Set when code ignored its signal: it still runs, and settles this when it returns. */
  readonly overdue?: Promise<void>;
}

export type LeafOutcome =
  | { readonly kind: "completed"; readonly value: unknown }
  | { readonly kind: "failed"; readonly error: SerializedError }
  | { readonly kind: "aborted"; readonly reason: AbortReason };

/** A scope that a step holds: steps that see one another. */
export interface BodyScope {
  /** "" where a kind has only one; else what tells it apart from the others, such as the index of a case. */
  readonly key: string;
  readonly steps: Steps;
  /** Where it is in its step, as a JSON Pointer: `/cases/0/steps`. */
  readonly pointer: string;
}

/** What the steps see in a body that runs many times. */
export interface Repetition {
  /** Names that the steps inside may use. */
  readonly names: readonly string[];
  /** Of these, the ones that need the stored item. */
  readonly itemNames: readonly string[];
  /** The values of the names; `item` is null where no name needs it. */
  bind(index: number, item: unknown): Readonly<Record<string, unknown>>;
}

/** What a container's enter decides. `note` is the data of its event `step_entered`. */
export type EnterDecision =
  /** The scope with this key runs; null: none. */
  | { readonly kind: "scope"; readonly key: string | null; readonly note: EnterNote }
  /** One instance of the body for each item. */
  | { readonly kind: "items"; readonly items: readonly unknown[]; readonly note: EnterNote };

type EnterNote = Readonly<Record<string, unknown>>;

/** How a container's direct instances ended. Skipped ones count neither as succeeded nor as failed. */
export interface Tally {
  readonly total: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Loads what a container's direct instances left, for its result. */
export interface InstanceResults {
  /** Key of the scope that was entered; "" where none was. */
  takenScope(): Promise<string>;
  /** The steps of one scope by their declared id. */
  ofScope(key: string): Promise<ReadonlyMap<string, InstanceResult>>;
  /** The items of a repeated body, in order. */
  ofItems(): Promise<readonly InstanceResult[]>;
}

/** A container that evaluated to something that it cannot enter. */
export class EnterRefused extends Error {
  readonly type: "validation" | "limit";

  constructor(type: "validation" | "limit", message: string) {
    super(message);
    this.name = "EnterRefused";
    this.type = type;
  }
}
