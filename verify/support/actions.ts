import { z } from "zod";
import {
  type Action,
  type ActionContext,
  ActionError,
  defineAction,
} from "../../packages/core/src/actions/define-action.js";

const anything = z.unknown();

/** Returns its `with`. */
export const echo = defineAction({
  name: "core.noop",
  capability: "core",
  effects: "none",
  input: anything,
  output: anything,
  run: ({ input }) => input,
});

/** Fails the first `times` attempts, always when absent; then returns its `with`. */
export const fail = defineAction({
  name: "core.fail",
  capability: "core",
  effects: "none",
  input: z.looseObject({
    message: z.string().default("asked to fail"),
    type: z.string().default("action"),
    retryable: z.boolean().default(true),
    times: z.number().optional(),
  }),
  output: anything,
  run: ({ input, attempt }) => {
    if (input.times !== undefined && attempt > input.times) return input;
    throw new ActionError(input.message, { type: input.type, retryable: input.retryable });
  },
});

/** An action that runs a function of the test. */
export function actionOf(name: string, run: (context: ActionContext<unknown>) => unknown, capability = "core"): Action {
  return defineAction({ name, capability, effects: "none", input: anything, output: anything, run });
}

/** An action that a test holds: each call waits until the test lets it go. `calls` counts them. */
export function heldAction(name: string, capability = "core") {
  const arrivals: (() => void)[] = [];
  let announce: (() => void) | undefined;
  const state = { calls: 0, aborted: 0 };
  const action = defineAction({
    name,
    capability,
    effects: "none",
    input: anything,
    output: anything,
    run: ({ input, signal }) =>
      new Promise((resolve, reject) => {
        state.calls += 1;
        signal.addEventListener("abort", () => {
          state.aborted += 1;
          reject(signal.reason);
        });
        arrivals.push(() => resolve(input));
        announce?.();
      }),
  });
  return {
    action,
    state,
    /** Resolves when a call has arrived that nobody let go yet. */
    arrived: () =>
      new Promise<void>((resolve) => {
        if (arrivals.length > 0) resolve();
        else announce = resolve;
      }),
    /** Lets the oldest held call return. */
    release: () => arrivals.shift()?.(),
  };
}
