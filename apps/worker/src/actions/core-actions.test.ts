import { describe, expect, test } from "vitest";
import { fail } from "./core-fail.js";
import { noop } from "./core-noop.js";
import { sleep } from "./core-sleep.js";
import { attempt } from "./testing/attempt.js";

describe("core.noop", () => {
  test.each([[{ a: 1, list: [null] }], ["text"], [null], [undefined]])("returns its with: %j", async (value) => {
    expect(await attempt(noop, value)).toEqual(value);
  });
});

describe("core.sleep", () => {
  test("returns all of its with after the time has passed", async () => {
    expect(await attempt(sleep, { ms: 1, order: 7 })).toEqual({ ms: 1, order: 7 });
  });

  test("ends at once when its signal is aborted", async () => {
    const controller = new AbortController();
    const sleeping = attempt(sleep, { ms: 60_000 }, { signal: controller.signal });
    controller.abort();
    await expect(sleeping).rejects.toThrow(/abort/i);
  });

  test.each([[{}], [{ ms: -1 }], [{ ms: "1s" }], [{ ms: 86_400_001 }]])("refuses %j", async (input) => {
    await expect(attempt(sleep, input)).rejects.toMatchObject({ type: "validation", retryable: false });
  });
});

describe("core.fail", () => {
  test("fails every attempt without `times`", async () => {
    await expect(attempt(fail, {}, { attempt: 9 })).rejects.toMatchObject({ type: "action", retryable: true });
  });

  test("fails the first attempts and returns its with after them", async () => {
    const input = { times: 2, message: "not yet", order: 7 };
    await expect(attempt(fail, input, { attempt: 1 })).rejects.toThrow("not yet");
    await expect(attempt(fail, input, { attempt: 2 })).rejects.toThrow("not yet");
    expect(await attempt(fail, input, { attempt: 3 })).toEqual(input);
  });

  test("fails with the type and the verdict on retries that it was given", async () => {
    const failing = attempt(fail, { type: "card_declined", retryable: false });
    await expect(failing).rejects.toMatchObject({ type: "card_declined", retryable: false });
  });
});
