import { expect, test } from "vitest";
import type { Settlement } from "../ports/settlement.js";
import { StepRecord } from "../run/step-record.js";
import { InputCache } from "./input-cache.js";

const attempt = { attempt: 3, failures: 2, crashes: 1, startedAt: 1000 };
const ended = { instance: "a", arrival: "ok", dependents: [] } as const;

function cached(settlement: Settlement) {
  const cache = new InputCache();
  cache.addOutcome(attempt, settlement, 1500);
  const input = cache.values.get("a");
  return { record: StepRecord.parse(JSON.parse(input?.record ?? "")), value: input?.value };
}

const counts = { a: 3, f: 2, k: 1, t: 1000, e: 1500 };

test("a step that continues inline reads a degraded predecessor as degraded", () => {
  expect(cached({ ...ended, status: "completed", result: "42", degraded: true })).toEqual({
    record: { s: "completed", ...counts, g: 1 },
    value: "42",
  });
});

test("a step that continues inline reads a predecessor's failure, and no result", () => {
  expect(cached({ ...ended, status: "failed", error: "{}" })).toEqual({
    record: { s: "failed", ...counts, x: "{}" },
    value: "",
  });
});

test("the cache is cleared once it has 1 MiB, and not before", () => {
  const cache = new InputCache();
  cache.add({ name: "a", record: "", value: "x".repeat(1024 * 1024 - 1) });
  cache.clearWhenFull();
  expect(cache.values.size).toBe(1);
  cache.add({ name: "b", record: "", value: "x" });
  cache.clearWhenFull();
  expect(cache.values.size).toBe(0);
});
