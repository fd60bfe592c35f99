import { describe, expect, test } from "vitest";
import { durationMs, tryDurationMs } from "./duration.js";

describe("a duration", () => {
  test.each([
    ["1ms", 1],
    ["500ms", 500],
    ["30s", 30_000],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["7d", 604_800_000],
    ["3650d", 315_360_000_000],
  ])("%s is %d ms", (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  test.each([
    "",
    "5",
    "0s",
    "05s",
    "1.5h",
    "-1s",
    " 1s",
    "1s ",
    "1 s",
    "1w",
    "1H",
    "s",
    "1ms1s",
    "3651d",
    `${"9".repeat(400)}s`,
  ])("%j is none", (text) => {
    expect(tryDurationMs(text)).toBeNull();
    expect(() => durationMs(text)).toThrow(RangeError);
  });
});
