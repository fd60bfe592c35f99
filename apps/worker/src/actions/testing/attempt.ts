import type { Action, ActionContext } from "@batonrun/core/actions";

/** Runs one attempt of an action, as a worker would, with whatever the test cares about. */
export async function attempt(
  action: Action,
  input: unknown,
  context: Partial<Omit<ActionContext<unknown>, "input">> = {},
): Promise<unknown> {
  return await action.run({
    input,
    signal: new AbortController().signal,
    log: silent,
    progress: ignore,
    idempotencyKey: "run-1:step-1",
    attempt: 1,
    secrets: {},
    ...context,
  });
}

const ignore = (): void => undefined;
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
