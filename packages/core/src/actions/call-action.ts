import { keptMessage, type SerializedError } from "@batonrun/contract";
import type { Action, ActionContext, ActionError } from "./define-action.js";

/** Why a running action is aborted from outside. */
export type AbortReason = "cancelled" | "stopping" | "lease_lost";

export type ActionEnd =
  | { readonly kind: "completed"; readonly value: unknown }
  | { readonly kind: "failed"; readonly error: SerializedError }
  | { readonly kind: "aborted"; readonly reason: AbortReason };

export interface ActionCall {
  readonly action: Action;
  readonly input: unknown;
  readonly context: Omit<ActionContext<unknown>, "input" | "signal">;
  readonly timeoutMs: number;
  /** Aborted with an AbortReason as its reason. */
  readonly abort: AbortSignal;
}

export interface CalledAction {
  readonly end: ActionEnd;
  /** Set if the action ignored its signal and is still running. Resolves when it returns. */
  readonly overdue?: Promise<void>;
}

/** How long after its abort an action that ignores its signal is abandoned. */
export const GIVE_UP_MS = 5000;
const MAX_TYPE = 100;
const MAX_DETAILS = 8000;
const CONNECTION_CODES = /^(ECONN|ENOTFOUND|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|EPIPE|EAI_|UND_ERR_(CONNECT|SOCKET))/;

/** Calls an action once. Never throws. The late result of an abandoned action is dropped. */
export async function callAction(call: ActionCall): Promise<CalledAction> {
  const controller = new AbortController();
  const stopped = whenStopped(call, controller);
  const running = Promise.resolve()
    .then(() => call.action.run({ ...call.context, input: call.input, signal: controller.signal }))
    .then(
      (value): ActionEnd => ({ kind: "completed", value }),
      (error: unknown): ActionEnd => ({ kind: "failed", error: serializeError(error) }),
    );
  const end = await Promise.race([running, stopped.givenUp]);
  stopped.release();
  if (end !== "given_up") return { end: endedAfter(stopped.reason(), end) };
  const late = stopped.reason() ?? timeoutEnd(call.timeoutMs);
  return { end: late, overdue: running.then(() => undefined) };
}

/** The stored form of anything that an action threw: bounded in size, and always valid JSON. */
function serializeError(error: unknown): SerializedError {
  const message = keptMessage(textOf(error));
  if (!isActionError(error)) {
    return { type: isConnectionError(error) ? "connection" : "action", message, retryable: true };
  }
  const { type, retryable } = error;
  const details = keptDetails(error.details);
  const base = { type: String(type).slice(0, MAX_TYPE), message, retryable: Boolean(retryable) };
  return details === undefined ? base : { ...base, details };
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return "the action threw something that has no text";
  }
}

/** Details that JSON cannot represent, or that are too large, are replaced by a note. */
function keptDetails(details: unknown): unknown {
  if (details === undefined) return undefined;
  try {
    const json = JSON.stringify(details);
    if (json === undefined) return undefined;
    return json.length <= MAX_DETAILS ? JSON.parse(json) : `left out: ${json.length} characters of JSON`;
  } catch {
    return "left out: JSON cannot hold them";
  }
}

/** Compares by name: a package of actions can come with its own copy of this module. */
function isActionError(error: unknown): error is ActionError {
  return error instanceof Error && error.name === "ActionError" && "type" in error && "retryable" in error;
}

/** An action that completed anyway stays completed. One that failed because of the abort ends for that reason. */
function endedAfter(reason: ActionEnd | null, end: ActionEnd): ActionEnd {
  return end.kind === "completed" || reason === null ? end : reason;
}

function timeoutEnd(timeoutMs: number): ActionEnd {
  return { kind: "failed", error: { type: "timeout", message: `timed out after ${timeoutMs} ms`, retryable: true } };
}

function whenStopped(call: ActionCall, controller: AbortController) {
  let reason: ActionEnd | null = null;
  let grace: NodeJS.Timeout | undefined;
  let giveUp: (value: "given_up") => void = () => undefined;
  const givenUp = new Promise<"given_up">((resolve) => {
    giveUp = resolve;
  });
  const stop = (end: ActionEnd) => {
    if (reason !== null) return;
    reason = end;
    grace = setTimeout(() => giveUp("given_up"), GIVE_UP_MS);
    controller.abort(new Error(end.kind === "aborted" ? end.reason : "timeout"));
  };
  const onAbort = () => stop({ kind: "aborted", reason: abortReason(call.abort) });
  const timer = setTimeout(() => stop(timeoutEnd(call.timeoutMs)), call.timeoutMs);
  if (call.abort.aborted) onAbort();
  call.abort.addEventListener("abort", onAbort, { once: true });
  const release = () => {
    clearTimeout(timer);
    clearTimeout(grace);
    call.abort.removeEventListener("abort", onAbort);
  };
  return { givenUp, release, reason: () => reason };
}

function abortReason(signal: AbortSignal): AbortReason {
  return signal.reason === "stopping" || signal.reason === "lease_lost" ? signal.reason : "cancelled";
}

function isConnectionError(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string" && CONNECTION_CODES.test(cause.code)) return true;
  }
  return false;
}
