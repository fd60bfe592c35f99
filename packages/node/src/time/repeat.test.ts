import { expect, onTestFinished, test, vi } from "vitest";
import { type RepeatOptions, repeat } from "./repeat.js";

/** Calls that a test ends one by one. */
function setup(options: Partial<RepeatOptions> = {}) {
  const calls: { readonly end: () => void; readonly fail: (error: unknown) => void }[] = [];
  const errors: unknown[] = [];
  const work = () => new Promise<void>((end, fail) => calls.push({ end, fail }));
  const repeated = repeat(work, { intervalMs: 1, onError: (error) => errors.push(error), ...options });
  onTestFinished(async () => {
    const stopped = repeated.stop();
    for (const call of calls) call.end();
    await stopped;
  });
  const called = (times: number) => vi.waitUntil(() => calls.length === times);
  return { calls, errors, repeated, called };
}

test("the first call begins at once or after an interval", () => {
  expect(setup({ first: "now" }).calls).toHaveLength(1);
  expect(setup({ intervalMs: 60_000 }).calls).toHaveLength(0);
});

test("RP1 a call begins only after the one before has ended", async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { calls } = setup({ first: "now" });
  await vi.advanceTimersByTimeAsync(100);
  expect(calls).toHaveLength(1);
  calls[0]?.end();
  await vi.advanceTimersByTimeAsync(1);
  expect(calls).toHaveLength(2);
});

test("RP2 a call that rejects is reported, and the next one comes", async () => {
  const { calls, errors, called } = setup({ first: "now" });
  calls[0]?.fail("away");
  await called(2);
  expect(errors).toEqual(["away"]);
});

test("RP3 stop waits for the running call, and no call comes after it", async () => {
  const { calls, repeated } = setup({ first: "now" });
  let isStopped = false;
  const stopped = repeated.stop().then(() => {
    isStopped = true;
  });
  await Promise.resolve();
  expect(isStopped).toBe(false);
  calls[0]?.end();
  await stopped;
  expect(calls).toHaveLength(1);
});
