import { durationMs, keptMessage, type SerializedError } from "@batonrun/contract";
import { type AbortReason, callAction } from "../actions/call-action.js";
import type { Action, ActionLog } from "../actions/define-action.js";
import { compileSchema } from "../definition/input-schema.js";
import { retryPolicy } from "../definition/retry-policy.js";
import type { ActionStep } from "../definition/schema.js";
import { ExpressionError } from "../expression/expression-error.js";
import { instanceOf } from "../graph/graph.js";
import { containerKinds } from "../kinds/index.js";
import { type EnterDecision, EnterRefused, type Tally } from "../kinds/kind.js";
import type { Metrics } from "../ports/metrics.js";
import type { InputReader, LoadedInput, RunReader } from "../ports/run-reader.js";
import type { ClaimedStep } from "../ports/transitions.js";
import { assembleContainerResult, MAX_ASSEMBLED_BYTES } from "../run/container-result.js";
import type { StepOutcome } from "../run/outcome.js";
import type { InstanceReader } from "../run/stored.js";
import { attemptTimeoutMs, retryDelayMs } from "./retry-delay.js";
import { type Scrub, scrubbed } from "./scrub-secrets.js";
import type { PlacedNode } from "./settlement.js";
import { stepScope, TooLarge, tooMuchToLoad } from "./step-scope.js";

/** A result may be this large, as JSON text in UTF-8. */
export const MAX_RESULT_BYTES = 1024 * 1024;

export interface NodeDependencies {
  readonly reader: Pick<RunReader, "run" | "document"> & InstanceReader & InputReader;
  readonly actions: ReadonlyMap<string, Action>;
  readonly metrics: Metrics;
  readonly log: ActionLog;
  readonly random: () => number;
  readonly secrets: Readonly<Record<string, string>>;
  /** Takes those secrets out of what is stored; null where there are none. */
  readonly scrub: Scrub | null;
}

/** One attempt at a node. */
export interface Attempt {
  readonly placed: PlacedNode;
  readonly step: ClaimedStep;
  readonly loaded: ReadonlyMap<string, LoadedInput>;
  readonly abort: AbortSignal;
  progress(fraction: number): void;
}

/** What came of it. */
export type NodeEnd =
  | { readonly kind: "outcome"; readonly outcome: StepOutcome }
  | { readonly kind: "entered"; readonly decision: EnterDecision }
  | { readonly kind: "retry"; readonly error: SerializedError; readonly delayMs: number }
  | { readonly kind: "aborted"; readonly reason: AbortReason };

export interface RanNode {
  readonly end: NodeEnd;
  /** The action ignored its signal and still runs. */
  readonly overdue?: Promise<void>;
}

/** An action gave what JSON cannot hold. */
class NotJson extends Error {}

/** Runs a node's code: whatever its expressions, its action or its container kind throw becomes an outcome. */
export async function runNode(dependencies: NodeDependencies, attempt: Attempt): Promise<RanNode> {
  return scrubbed(dependencies.scrub, await runRole(dependencies, attempt));
}

async function runRole(dependencies: NodeDependencies, attempt: Attempt): Promise<RanNode> {
  try {
    switch (attempt.placed.plan.node.role) {
      case "step":
        return await runStep(dependencies, attempt);
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

async function runStep(dependencies: NodeDependencies, attempt: Attempt): Promise<RanNode> {
  const { plan, indexes } = attempt.placed;
  const { step } = plan.node;
  if (step.type !== "action") throw new Error(`${plan.node.id} is not an action`);
  const scope = await stepScope(dependencies, { plan, indexes, run: attempt.step.run, loaded: attempt.loaded });
  if (plan.expressions.if?.evaluate(scope) === false) {
    return outcome({ status: "skipped", reason: "condition_false" });
  }
  const input = plan.expressions.with === undefined ? {} : plan.expressions.with.evaluate(scope);
  const called = await call(dependencies, attempt, { step, input });
  const { end } = called;
  if (end.kind === "aborted") return withOverdue({ kind: "aborted", reason: end.reason }, called.overdue);
  if (end.kind === "failed")
    return withOverdue(afterFailure(dependencies, attempt, { step, error: end.error }), called.overdue);
  const { output } = plan.expressions;
  const value = output === undefined ? end.value : output.evaluate({ ...scope, result: JSON.parse(textOf(end.value)) });
  return outcome(completedWith(value, step.outputSchema));
}

async function call(
  { actions, log, secrets }: NodeDependencies,
  { placed, step: claim, abort, progress }: Attempt,
  of: { readonly step: ActionStep; readonly input: unknown },
) {
  const action = actions.get(of.step.action);
  if (action === undefined) throw new Error(`this worker does not provide the action ${of.step.action}`);
  const policy = retryPolicy(placed.plan.graph.definition, of.step);
  const instance = instanceOf(placed.plan.node.id, placed.indexes);
  return await callAction({
    action,
    context: {
      input: of.input,
      log: boundLog(log, { run: claim.run.id, step: instance, attempt: claim.attempt, action: of.step.action }),
      progress,
      // Without the generation: a step whose job was lost may have had its effect before.
      idempotencyKey: `${claim.run.id}.${instance}`,
      attempt: claim.attempt,
      secrets,
    },
    timeoutMs: attemptTimeoutMs(durationMs(of.step.timeout), policy, claim.failures),
    abort,
  });
}

function afterFailure(
  { random }: NodeDependencies,
  { placed, step: claim }: Attempt,
  of: { readonly step: ActionStep; readonly error: SerializedError },
): NodeEnd {
  const policy = retryPolicy(placed.plan.graph.definition, of.step);
  const delayMs = retryDelayMs(policy, { error: of.error, failures: claim.failures + 1 }, random);
  if (delayMs !== null) return { kind: "retry", error: of.error, delayMs };
  return { kind: "outcome", outcome: { status: "failed", error: of.error } };
}

async function runEnter(dependencies: NodeDependencies, attempt: Attempt): Promise<NodeEnd> {
  const { plan, indexes } = attempt.placed;
  const scope = await stepScope(dependencies, { plan, indexes, run: attempt.step.run, loaded: attempt.loaded });
  if (plan.expressions.if?.evaluate(scope) === false) {
    return { kind: "outcome", outcome: { status: "skipped", reason: "condition_false" } };
  }
  return { kind: "entered", decision: decide(attempt.placed, scope) };
}

function decide({ plan }: PlacedNode, scope: Readonly<Record<string, unknown>>): EnterDecision {
  const { step } = plan.node;
  switch (step.type) {
    case "parallel":
      return containerKinds.parallel.enter(step, plan.expressions, scope);
    case "map":
      return containerKinds.map.enter(step, plan.expressions, scope);
    case "conditional":
      return containerKinds.conditional.enter(step, plan.expressions, scope);
    case "action":
      throw new Error(`${plan.node.id} is not a container`);
  }
}

async function runExit(dependencies: NodeDependencies, attempt: Attempt): Promise<StepOutcome> {
  const { plan, indexes } = attempt.placed;
  const refused = judge(attempt);
  if (refused !== null) return { status: "failed", error: { type: "action", message: refused, retryable: false } };
  const { output } = plan.expressions;
  const { outputSchema } = plan.node.step;
  if (output === undefined && outputSchema === undefined) return { status: "completed", result: null };
  const result = await ownResult(dependencies, attempt);
  if (output === undefined) return refusedBySchema(result, outputSchema) ?? { status: "completed", result: null };
  const scope = await stepScope(dependencies, { plan, indexes, run: attempt.step.run, loaded: attempt.loaded });
  return completedWith(output.evaluate({ ...scope, result }), outputSchema);
}

async function ownResult({ reader }: NodeDependencies, { placed, step }: Attempt): Promise<unknown> {
  const { plan, indexes } = placed;
  const container = instanceOf(plan.node.id, indexes);
  const query = { runId: step.run.id, graph: plan.graph, container, maxBytes: MAX_ASSEMBLED_BYTES };
  const assembled = await assembleContainerResult({ reader }, query);
  if (assembled.kind === "too_large") throw tooMuchToLoad(`the result of ${container}`);
  return assembled.value;
}

function judge(attempt: Attempt): string | null {
  const { step, id } = attempt.placed.plan.node;
  const tally = tallyOf(attempt);
  switch (step.type) {
    case "parallel":
      return containerKinds.parallel.judge(step, tally);
    case "map":
      return containerKinds.map.judge(step, tally);
    case "conditional":
      return containerKinds.conditional.judge(step, tally);
    case "action":
      throw new Error(`${id} is not a container`);
  }
}

/** An item of several steps fails when one of them failed, and is skipped when all of them were. */
function judgeItem(attempt: Attempt): StepOutcome {
  const { plan } = attempt.placed;
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

function tallyOf({ placed, loaded }: Attempt): Tally {
  const counters = loaded.get(instanceOf(`#${placed.plan.node.id}`, placed.indexes))?.value ?? "0 0 0";
  const [total = 0, failed = 0, skipped = 0] = counters.split(" ").map(Number);
  return { total, failed, skipped };
}

/** The outcome of a value: checked against the step's schema and the limit. */
function completedWith(value: unknown, schema: ActionStep["outputSchema"]): StepOutcome {
  const result = textOf(value);
  const bytes = Buffer.byteLength(result);
  const refused = schema === undefined ? null : refusedBySchema(JSON.parse(result), schema);
  if (refused !== null) return refused;
  if (bytes <= MAX_RESULT_BYTES) return { status: "completed", result };
  const message = `the result has ${bytes} bytes, but at most ${MAX_RESULT_BYTES} can be stored; store it elsewhere and return its location`;
  return { status: "failed", error: { type: "limit", message, retryable: false } };
}

/** A value that JSON cannot hold is the action's fault, and stays so however often it is tried. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new NotJson(`the result cannot be stored as JSON: ${why}`, { cause });
  }
}

function refusedBySchema(value: unknown, schema: ActionStep["outputSchema"]): StepOutcome | null {
  const problems = schema === undefined ? [] : compileSchema(schema).validate(value);
  return problems.length === 0 ? null : { status: "failed", error: schemaError(problems) };
}

function schemaError(problems: readonly { readonly pointer: string; readonly message: string }[]): SerializedError {
  const list = problems.map(({ pointer, message }) => `${pointer === "" ? "/" : pointer}: ${message}`);
  const message = keptMessage(`the result does not match outputSchema: ${list.join("; ")}`);
  return { type: "validation", message, retryable: false };
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

function outcome(of: StepOutcome): RanNode {
  return { end: { kind: "outcome", outcome: of } };
}

function withOverdue(end: NodeEnd, overdue: Promise<void> | undefined): RanNode {
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
