import { RunStatus, StepStatus } from "@batonrun/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSettledStepStatus, isTerminalRunStatus, runTransitions, stepTransitions } from "./transitions.js";

const runStatus = fc.constantFrom(...RunStatus.options);
const stepStatus = fc.constantFrom(...StepStatus.options);

describe("a run", () => {
  test("is terminal in the contract exactly if the table has no arrows", () => {
    const withoutArrows = RunStatus.options.filter((status) => runTransitions[status].length === 0);
    expect(RunStatus.options.filter(isTerminalRunStatus)).toEqual(withoutArrows);
  });

  test("never leaves a terminal status and never moves to the same status", () => {
    fc.assert(
      fc.property(runStatus, runStatus, (from, to) => {
        if (isTerminalRunStatus(from) || from === to) expect(mayRunMove(from, to)).toBe(false);
      }),
    );
  });

  test("can end from any status", () => {
    for (const status of RunStatus.options)
      expect(reachable(runTransitions, status).some(isTerminalRunStatus)).toBe(true);
  });

  test("reaches every status from initializing and never returns to it", () => {
    expect(new Set(reachable(runTransitions, "initializing"))).toEqual(new Set(RunStatus.options));
    for (const status of RunStatus.options) expect(mayRunMove(status, "initializing")).toBe(false);
  });

  test("completes only from running and is rolled back only from rolling_back", () => {
    expect(RunStatus.options.filter((from) => mayRunMove(from, "completed"))).toEqual(["running"]);
    expect(RunStatus.options.filter((from) => mayRunMove(from, "rolled_back"))).toEqual(["rolling_back"]);
  });

  test("can fail, be cancelled, or time out while it is open", () => {
    const open = RunStatus.options.filter((status) => !isTerminalRunStatus(status) && status !== "rolling_back");
    for (const from of open) {
      for (const to of ["failed", "cancelled", "timed_out"] as const) expect(mayRunMove(from, to)).toBe(true);
    }
  });
});

describe("a step", () => {
  test("is settled in the contract if it completed or the table has no arrows", () => {
    const final = StepStatus.options.filter((status) => stepTransitions[status].length === 0);
    expect(StepStatus.options.filter(isSettledStepStatus)).toEqual(["completed", ...final]);
  });

  test("keeps its outcome, except that a completed step can be compensated", () => {
    fc.assert(
      fc.property(stepStatus, stepStatus, (from, to) => {
        if (isSettledStepStatus(from)) expect(mayStepMove(from, to)).toBe(from === "completed" && to === "compensated");
      }),
    );
  });

  test("completes only if it was claimed, or waited after its claim", () => {
    expect(StepStatus.options.filter((from) => mayStepMove(from, "completed"))).toEqual(["waiting", "running"]);
  });

  test("can be claimed again while running, because its worker can vanish", () => {
    expect(mayStepMove("running", "running")).toBe(true);
  });

  test("can be settled from any status", () => {
    for (const status of StepStatus.options) {
      expect(reachable(stepTransitions, status).some(isSettledStepStatus)).toBe(true);
    }
  });

  test("reaches every status from pending", () => {
    expect(new Set(reachable(stepTransitions, "pending"))).toEqual(new Set(StepStatus.options));
  });
});

function mayRunMove(from: RunStatus, to: RunStatus): boolean {
  return targetsOf(runTransitions, from).includes(to);
}

function mayStepMove(from: StepStatus, to: StepStatus): boolean {
  return targetsOf(stepTransitions, from).includes(to);
}

function targetsOf<Status extends string>(table: Record<Status, readonly Status[]>, from: Status): readonly Status[] {
  return table[from];
}

/** A status and all statuses reachable from it. */
function reachable<Status extends string>(table: Record<Status, readonly Status[]>, from: Status): readonly Status[] {
  const found = new Set<Status>([from]);
  for (const status of found) for (const next of table[status]) found.add(next);
  return [...found];
}
