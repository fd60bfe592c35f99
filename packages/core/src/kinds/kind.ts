import type { Step, StepKind } from "../definition/schema.js";
import type { ExpressionScope } from "../expression/expression.js";
import type { NodeExpressions } from "../graph/node-expressions.js";

/** The step that a kind's `enter` and `judge` are about. */
export type StepOf<Kind extends StepKind> = Extract<Step, { type: Kind }>;

/** What a container's enter decides. */
export type EnterDecision =
  /** The scope with this key runs; null: none (no case held, no `else`). */
  | { readonly kind: "scope"; readonly key: string | null }
  /** One instance of the body for each item. */
  | { readonly kind: "items"; readonly items: readonly unknown[] };

/** How a container's direct instances ended. Skipped ones count neither as succeeded nor as failed. */
export interface Tally {
  readonly total: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What a container kind does at its two ends. Pure: the engine loads, schedules and records. */
export interface ContainerKind<Kind extends StepKind> {
  /** Throws ExpressionError, or EnterRefused when what it evaluated cannot be entered. */
  enter(step: StepOf<Kind>, expressions: NodeExpressions, scope: ExpressionScope): EnterDecision;
  /** Why the container fails, or null. */
  judge(step: StepOf<Kind>, tally: Tally): string | null;
  /** Whether a failure with `onError: continue` inside it counts as failed. */
  readonly countsTolerated: boolean;
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

/** `minSuccess` over what was not skipped; an empty container succeeds. */
export function judgeBySuccessRate(minSuccess: number, tally: Tally): string | null {
  const judged = tally.total - tally.skipped;
  const succeeded = judged - tally.failed;
  if (judged === 0 || succeeded / judged >= minSuccess) return null;
  const rate = Math.round((succeeded / judged) * 10_000) / 10_000;
  return `${tally.failed} of ${judged} failed: the success rate is ${rate}, but minSuccess is ${minSuccess}`;
}
