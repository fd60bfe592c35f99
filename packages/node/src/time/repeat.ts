/**
 * Work at an interval.
 *
 * RP1 a call begins `intervalMs` after the one before has ended: two calls never overlap.
 * RP2 a call that rejects is reported and does not end the repetition.
 * RP3 once `stop` has resolved, no call is running and none will begin.
 */
export interface Repeated {
  stop(): Promise<void>;
}

export interface RepeatOptions {
  readonly intervalMs: number;
  /** When the first call begins: `now`, before `repeat` returns, or after an interval (the default). */
  readonly first?: "now" | "after_interval";
  readonly onError: (error: unknown) => void;
}

export function repeat(work: () => Promise<unknown>, { intervalMs, first, onError }: RepeatOptions): Repeated {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const schedule = () => {
    if (!isStopped) timer = setTimeout(call, intervalMs);
  };
  const call = () => {
    running = work()
      .then(() => undefined, onError)
      .then(schedule);
  };
  if (first === "now") call();
  else schedule();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
