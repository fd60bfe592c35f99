import { durationMs, keptMessage, type SerializedError } from "@batonrun/contract";
import type { AbortReason } from "../actions/call-action.js";
import type { ActionLog } from "../actions/define-action.js";
import { defaults } from "../definition/defaults.js";
import { attemptTimeoutMs, retryDelayMs, retryPolicy } from "../definition/retry-policy.js";
import type { ExpressionScope } from "../expression/expression.js";
import { ExpressionError } from "../expression/expression-error.js";
import { instanceOf } from "../graph/graph.js";
import { type EnterDecision, EnterRefused, type LeafEnd, type Tally } from "../kinds/kind.js";
import type { LoadedInput } from "../ports/run-reader.js";
import { assembleContainerResult, MAX_ASSEMBLED_BYTES } from "../run/container-result.js";
import type { StepOutcome } from "../run/outcome.js";
import { completedWith, jsonText, NotJson, refusedBySchema } from "./check-result.js";
import { scrubbed } from "./scrub-secrets.js";
import type { ClaimedNode, StepDependencies } from "./step-job.js";
import { stepScope, TooLarge, tooMuchToLoad } from "./step-scope.js";

/** One attempt to run a node. */
export interface Attempt extends ClaimedNode {
  readonly loaded: ReadonlyMap<string, LoadedInput>;
  readonly abort: AbortSignal;
  progress(fraction: number): void;
}

/** How an attempt ended. */
export type AttemptEnd =
  | { readonly kind: "outcome"; readonly outcome: StepOutcome }
  | { readonly kind: "entered"; readonly decision: EnterDecision }
  | { readonly kind: "retry"; readonly error: SerializedError; readonly delayMs: number }
  | { readonly kind: "aborted"; readonly reason: AbortReason };

export interface AttemptResult {
  readonly end: AttemptEnd;
  /** Set if the action ignored its signal and is still running. Resolves when it returns. */
  readonly overdue?: Promise<void> | undefined;
}

type AttemptDependencies = Pick<StepDependencies, "reader" | "actions" | "log" | "random" | "secrets" | "scrub">;

/** Runs a node's code. Expected errors of its expressions, its action, or its kind become outcomes. */
export async function runAttempt(dependencies: AttemptDependencies, attempt: Attempt): Promise<AttemptResult> {
  return scrubbed(dependencies.scrub, await runRole(dependencies, attempt));
}

async function runRole(dependencies: AttemptDependencies, attempt: Attempt): Promise<AttemptResult> {
  try {
    switch (attempt.node.plan.node.role) {
      case "step":
        return await runLeaf(dependencies, attempt);
      case "enter":
        return { end: await runEnter(dependencies, attempt) };
      case "exit":
        return outcome(await runExit(dependencies, attempt));
      case "item":
        return outcome(judgeItem(attempt));
    }
  } catch (error) {
    return outcome({ status: "failed", error: expectedError(error) });
  }
}

async function runLeaf(dependencies: AttemptDependencies, attempt: Attempt): Promise<AttemptResult> {
  const { expressions, node } = attempt.node.plan;
  const scope = await scopeOf(dependencies, attempt);
  if (expressions.if?.evaluate(scope) === false) return outcome({ status: "skipped", reason: "condition_false" });
  const { end, overdue } = await startLeaf(dependencies, attempt, scope);
  if (end.kind === "aborted") return withOverdue({ kind: "aborted", reason: end.reason }, overdue);
  if (end.kind === "failed") return withOverdue(afterFailure(dependencies, attempt, end.error), overdue);
  const { output } = expressions;
  const value =
    output === undefined ? end.value : output.evaluate({ ...scope, result: JSON.parse(jsonText(end.value)) });
  return outcome(completedWith(value, node.step.outputSchema));
}

async function startLeaf(
  { actions, log, secrets }: AttemptDependencies,
  { node, claim, abort, progress }: Attempt,
  scope: ExpressionScope,
): Promise<LeafEnd> {
  const { plan, indexes } = node;
  const { step, kind } = plan.node;
  if (kind.shape !== "leaf") throw new Error(`${plan.node.id} is not a leaf`);
  const instance = instanceOf(plan.node.id, indexes);
  const bound = { run: claim.run.id, step: instance, attempt: claim.attempt, ...kind.notes(step) };
  return await kind.start({
    step,
    expressions: plan.expressions.own,
    scope,
    actions,
    context: {
      log: boundLog(log, bound),
      progress,
      // Without the generation: a step whose job was lost may already have had its effect.
      idempotencyKey: `${claim.run.id}.${instance}`,
      attempt: claim.attempt,
      secrets,
    },
    timeoutMs: timeoutOf({ node, claim }),
    abort,
  });
}

function timeoutOf({ node, claim }: ClaimedNode): number {
  const { graph, node: planned } = node.plan;
  const policy = retryPolicy(graph.definition, planned.step);
  return attemptTimeoutMs(durationMs(planned.step.timeout ?? defaults.stepTimeout), policy, claim.failures);
}

function afterFailure(
  { random }: AttemptDependencies,
  { node, claim }: ClaimedNode,
  error: SerializedError,
): AttemptEnd {
  const policy = retryPolicy(node.plan.graph.definition, node.plan.node.step);
  const delayMs = retryDelayMs(policy, { error, failures: claim.failures + 1 }, random);
  if (delayMs !== null) return { kind: "retry", error, delayMs };
  return { kind: "outcome", outcome: { status: "failed", error } };
}

async function runEnter(dependencies: AttemptDependencies, attempt: Attempt): Promise<AttemptEnd> {
  const { expressions, node } = attempt.node.plan;
  const scope = await scopeOf(dependencies, attempt);
  if (expressions.if?.evaluate(scope) === false) {
    return { kind: "outcome", outcome: { status: "skipped", reason: "condition_false" } };
  }
  if (node.kind.shape !== "container") throw new Error(`${node.id} is not a container`);
  return { kind: "entered", decision: node.kind.enter(node.step, expressions.own, scope) };
}

async function runExit(dependencies: AttemptDependencies, attempt: Attempt): Promise<StepOutcome> {
  const { node, expressions } = attempt.node.plan;
  if (node.kind.shape !== "container") throw new Error(`${node.id} is not a container`);
  const refused = node.kind.judge(node.step, tallyOf(attempt));
  if (refused !== null) return { status: "failed", error: { type: "action", message: refused, retryable: false } };
  const { output } = expressions;
  const { outputSchema } = node.step;
  if (output === undefined && outputSchema === undefined) return { status: "completed", result: null };
  const result = await ownResult(dependencies, attempt);
  if (output === undefined) return refusedBySchema(result, outputSchema) ?? { status: "completed", result: null };
  const scope = await scopeOf(dependencies, attempt);
  return completedWith(output.evaluate({ ...scope, result }), outputSchema);
}

async function ownResult({ reader }: AttemptDependencies, { node, claim }: ClaimedNode): Promise<unknown> {
  const { plan, indexes } = node;
  const container = instanceOf(plan.node.id, indexes);
  const query = { runId: claim.run.id, graph: plan.graph, container, maxBytes: MAX_ASSEMBLED_BYTES };
  const assembled = await assembleContainerResult({ reader }, query);
  if (assembled.kind === "too_large") throw tooMuchToLoad(`the result of ${container}`);
  return assembled.value;
}

/** An item with several steps fails if one of them failed, and is skipped if all of them were. */
function judgeItem(attempt: Attempt): StepOutcome {
  const { plan } = attempt.node;
  const steps = plan.parent?.scopes[0]?.steps.length ?? 0;
  const { failed, skipped } = tallyOf(attempt);
  if (failed > 0) {
    const message = `${failed} of ${steps} steps of the item failed`;
    return { status: "failed", error: { type: "action", message, retryable: false } };
  }
  return skipped === steps
    ? { status: "skipped", reason: "dependency_skipped" }
    : { status: "completed", result: null };
}

function tallyOf({ node, loaded }: Attempt): Tally {
  const counters = loaded.get(instanceOf(`#${node.plan.node.id}`, node.indexes))?.value ?? "0 0 0";
  const [total = 0, failed = 0, skipped = 0] = counters.split(" ").map(Number);
  return { total, failed, skipped };
}

function scopeOf({ reader }: AttemptDependencies, { node, claim, loaded }: Attempt): Promise<ExpressionScope> {
  return stepScope({ reader }, { plan: node.plan, indexes: node.indexes, run: claim.run, loaded });
}

function expectedError(error: unknown): SerializedError {
  if (error instanceof ExpressionError || error instanceof EnterRefused) {
    return { type: error.type, message: keptMessage(error.message), retryable: false };
  }
  if (error instanceof NotJson) {
    return { type: "validation", message: keptMessage(error.message), retryable: false };
  }
  if (error instanceof TooLarge) return { type: "limit", message: error.message, retryable: false };
  throw error;
}

function outcome(of: StepOutcome): AttemptResult {
  return { end: { kind: "outcome", outcome: of } };
}

function withOverdue(end: AttemptEnd, overdue: Promise<void> | undefined): AttemptResult {
  return overdue === undefined ? { end } : { end, overdue };
}

function boundLog(log: ActionLog, bound: Readonly<Record<string, unknown>>): ActionLog {
  return {
    debug: (message, fields) => log.debug(message, { ...bound, ...fields }),
    info: (message, fields) => log.info(message, { ...bound, ...fields }),
    warn: (message, fields) => log.warn(message, { ...bound, ...fields }),
    error: (message, fields) => log.error(message, { ...bound, ...fields }),
  };
}
