import { describe, expect, test } from "vitest";
import { attemptTimeoutMs, retryDelayMs } from "./retry-policy.js";

const policy = {
  attempts: 10,
  backoff: "exponential",
  delay: "1s",
  maxDelay: "10s",
  jitter: 0,
  except: ["busy"],
  timeoutFactor: 2,
} as const;
const failed = (failures: number, error: object = {}) => ({
  failures,
  error: { type: "action", message: "no", ...error },
});

describe("the delay before the next attempt", () => {
  test.each([
    ["is the policy's after the first failure", policy, failed(1), 1_000],
    ["doubles with each failure", policy, failed(3), 4_000],
    ["is never above maxDelay", policy, failed(9), 10_000],
    ["stays the same with a fixed backoff", { ...policy, backoff: "fixed" as const }, failed(5), 1_000],
    ["is none once all attempts are used", policy, failed(10), null],
    ["is none for an error that is not retryable", policy, failed(1, { retryable: false }), null],
    ["is none for a type listed in `except`", policy, failed(1, { type: "busy" }), null],
    ["stays finite after very many failures", { ...policy, attempts: 100 }, failed(99), 10_000],
  ])("%s", (_title, of, attempt, delayMs) => {
    expect(retryDelayMs(of, attempt, () => 0.5)).toBe(delayMs);
  });

  test("is shortened by up to `jitter` of it", () => {
    const delays = [0, 0.5, 1].map((random) => retryDelayMs({ ...policy, jitter: 0.4 }, failed(1), () => random));
    expect(delays).toEqual([1_000, 800, 600]);
  });
});

test("each failure multiplies the timeout by timeoutFactor, up to the limit of a timer", () => {
  expect([0, 1, 2, 40].map((failures) => attemptTimeoutMs(100, policy, failures))).toEqual([
    100,
    200,
    400,
    2 ** 31 - 1,
  ]);
});
