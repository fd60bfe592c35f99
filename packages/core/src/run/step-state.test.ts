import type { StepStatus } from "@batonrun/contract";
import { describe, expect, test } from "vitest";
import { StepRecord } from "./step-record.js";
import { type EnclosingContainer, stepState, viewState } from "./step-state.js";
import type { ContainerCounters, StoredStep } from "./stored.js";

function stored(record: object | null): StoredStep {
  return { instance: "x", generation: 0, record: record === null ? null : StepRecord.parse(record) };
}

const counted: ContainerCounters = { total: 2, entered: 0, arrived: 0, failed: 0, skipped: 0, case: null };

function enclosing(status: StepStatus, more: Partial<EnclosingContainer> = {}): EnclosingContainer {
  const record = status === "skipped" ? { s: status, r: "condition_false" } : { s: status };
  const state = stepState({ end: stored(record) }, null, false);
  return { state, counters: counted, key: "", ...more };
}

describe("a step of the top scope (ST4, ST6)", () => {
  test.each([
    ["nothing is known", null, false, "pending"],
    ["it is queued", { s: "pending", q: 1 }, false, "pending"],
    ["it is running", { s: "running", a: 1 }, false, "running"],
    ["it waits for its next attempt", { s: "retrying", a: 1 }, false, "retrying"],
    ["its run ended without it", null, true, "cancelled"],
    ["its run ended while it waited", { s: "retrying", a: 1, d: 5 }, true, "cancelled"],
    ["it was settled", { s: "completed", a: 1 }, true, "completed"],
    ["it was undone", { s: "compensated", a: 1 }, true, "compensated"],
  ])("when %s", (_when, record, hasRunEnded, status) => {
    expect(stepState({ end: stored(record) }, null, hasRunEnded).status).toBe(status);
  });
});

describe("a container", () => {
  test.each([
    ["queued", { s: "pending", q: 1 }, null, "pending"],
    ["entered", { s: "running", a: 1 }, null, "running"],
    ["full of running steps", { s: "completed", a: 1 }, null, "running"],
    ["about to be exited", { s: "completed", a: 1 }, { s: "running", a: 1 }, "running"],
    ["exited", { s: "completed", a: 1 }, { s: "failed", a: 1 }, "failed"],
    ["skipped without being entered", null, { s: "skipped", r: "condition_false" }, "skipped"],
  ])("that is %s (ST5)", (_what, enter, exit, status) => {
    expect(stepState({ end: stored(exit), enter: stored(enter) }, null, false).status).toBe(status);
  });

  test("begins with its enter and ends with its exit", () => {
    const enter = stored({ s: "completed", a: 1, q: 1_000, t: 2_000, e: 2_100 });
    const exit = stored({ s: "completed", a: 1, q: 4_000, t: 4_500, e: 5_000 });
    expect(viewState(stepState({ end: exit, enter }, null, false))).toEqual({
      status: "completed",
      generation: 0,
      attempts: 1,
      queuedAt: "1970-01-01T00:00:01.000Z",
      startedAt: "1970-01-01T00:00:02.000Z",
      endedAt: "1970-01-01T00:00:05.000Z",
      durationMs: 3_000,
      degraded: false,
    });
  });
});

describe("a step inside a container (ST2, ST3)", () => {
  const conditional = (taken: string | null, key: string) =>
    enclosing("running", { counters: { ...counted, case: taken }, key });

  test.each([
    ["that is running", enclosing("running"), "pending", undefined],
    ["that was skipped", enclosing("skipped"), "skipped", "container_skipped"],
    ["that failed at its enter", enclosing("failed"), "skipped", "container_skipped"],
    ["that was cancelled", enclosing("cancelled"), "cancelled", undefined],
    ["in the case that is taken", conditional("1", "1"), "pending", undefined],
    ["in another case", conditional("1", "0"), "skipped", "case_not_taken"],
    ["when no case matched", conditional("", "0"), "skipped", "case_not_taken"],
    [
      "before the case is known",
      { ...conditional(null, "0"), counters: { ...counted, total: null, case: null } },
      "pending",
      undefined,
    ],
  ])("%s", (_where, container, status, reason) => {
    const state = stepState({ end: stored(null) }, container, false);
    expect([state.status, state.reason]).toEqual([status, reason]);
  });

  test("that was settled keeps its outcome, however its container ended (ST1)", () => {
    const own = stored({ s: "skipped", r: "dependency_failed" });
    expect(stepState({ end: own }, enclosing("skipped"), true)).toMatchObject({
      status: "skipped",
      reason: "dependency_failed",
    });
  });
});
