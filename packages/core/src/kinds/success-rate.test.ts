import { expect, test } from "vitest";
import { judgeBySuccessRate } from "./success-rate.js";

test.each([
  ["reaches the rate exactly", 0.5, { total: 2, failed: 1, skipped: 0 }, null],
  ["is empty", 1, { total: 0, failed: 0, skipped: 0 }, null],
  ["has only skipped instances", 1, { total: 2, failed: 0, skipped: 2 }, null],
  [
    "would reach the rate only with its skipped instances",
    0.6,
    { total: 3, failed: 1, skipped: 1 },
    "1 of 2 failed: the success rate is 0.5, but minSuccess is 0.6",
  ],
])("a container that %s is judged by the instances that ran", (_title, minSuccess, tally, reason) => {
  expect(judgeBySuccessRate(minSuccess, tally)).toBe(reason);
});
