import { expect, test } from "vitest";
import { endsWithin, withinTime } from "./within-time.js";

const never = new Promise<never>(() => undefined);

test("a promise that settles in time gives its value or its error", async () => {
  expect(await withinTime(Promise.resolve(7), 1_000, "seven")).toBe(7);
  await expect(withinTime(Promise.reject(new Error("away")), 1_000, "seven")).rejects.toThrow("away");
});

test("a promise that takes too long is named", async () => {
  await expect(withinTime(never, 5, "PING")).rejects.toThrow("PING did not finish within 5 ms");
  let done = 0;
  const late = withinTime(never, 5, () => `the batch (${done} of 2)`);
  done = 1;
  await expect(late).rejects.toThrow("the batch (1 of 2) did not finish");
});

test("work that is left alone after a while ends in time or not, and its error is passed on", async () => {
  expect(await endsWithin(Promise.resolve(), 1_000)).toBe(true);
  expect(await endsWithin(never, 5)).toBe(false);
  await expect(endsWithin(Promise.reject(new Error("away")), 1_000)).rejects.toThrow("away");
});
