import { eventLog, stepView } from "@batonrun/client/testing";
import type { RunEvent, StepView } from "@batonrun/contract";
import { describe, expect, test } from "vitest";
import { createStepRows, type StepRow } from "./step-rows.js";

function rowsAfter(
  steps: readonly StepView[],
  events: readonly Omit<RunEvent, "seq" | "at">[],
): ReadonlyMap<string, StepRow> {
  const rows = createStepRows(steps);
  for (const event of eventLog(...events)) rows.take(event, event.step ?? "");
  return new Map(rows.read().map((row) => [row.id, row]));
}

const entered = (step: string, data: unknown): Omit<RunEvent, "seq" | "at"> => ({ type: "step_entered", step, data });
const completed = (step: string): Omit<RunEvent, "seq" | "at"> => ({ type: "step_completed", step, attempt: 1 });
const failed = (step: string): Omit<RunEvent, "seq" | "at"> => ({ type: "step_failed", step, attempt: 1 });
const container = (id: string, type: string): StepView => {
  const { action: _action, ...view } = stepView(id);
  return { ...view, type };
};

describe("the rows of a run", () => {
  test("count the items of a map with one step in the map's own row", () => {
    const steps = [container("pages", "map"), stepView("pages.*", { action: "text.extract" })];
    const rows = rowsAfter(steps, [
      entered("pages", { total: 3 }),
      { type: "step_started", step: "pages.0", attempt: 1 },
      completed("pages.0"),
      failed("pages.1"),
    ]);
    expect([...rows.keys()]).toEqual(["pages"]);
    expect(rows.get("pages")).toMatchObject({
      status: "running",
      action: "text.extract",
      tally: { settled: 2, failed: 1, expected: 3 },
    });
  });

  test("count each step of a map's items in its own row, and all in the map's", () => {
    const steps = [container("pages", "map"), stepView("pages.*.read"), stepView("pages.*.sum")];
    const rows = rowsAfter(steps, [
      entered("pages", { total: 2 }),
      completed("pages.0.read"),
      completed("pages.1.read"),
      completed("pages.0.sum"),
    ]);
    expect(rows.get("pages")?.tally).toEqual({ settled: 3, failed: 0, expected: 4 });
    expect(rows.get("pages.*.read")).toMatchObject({
      depth: 1,
      status: "completed",
      tally: { settled: 2, expected: 2 },
    });
    expect(rows.get("pages.*.sum")).toMatchObject({ status: "running", tally: { settled: 1, expected: 2 } });
  });

  test("expect more of a nested map with every item that enters it", () => {
    const steps = [container("books", "map"), container("books.*.pages", "map"), stepView("books.*.pages.*.read")];
    const rows = rowsAfter(steps, [
      entered("books", { total: 2 }),
      entered("books.0.pages", { total: 3 }),
      entered("books.1.pages", { total: 4 }),
      completed("books.0.pages.2.read"),
      completed("books.0.pages"),
    ]);
    expect(rows.get("books.*.pages.*.read")).toMatchObject({ depth: 2, tally: { settled: 1, expected: 7 } });
    expect(rows.get("books.*.pages")).toMatchObject({ status: "running", tally: { settled: 1, expected: 2 } });
    expect(rows.get("books")?.tally).toEqual({ settled: 1, failed: 0, expected: 2 });
  });

  test("count the branches of a parallel", () => {
    const steps = [container("both", "parallel"), stepView("both.left"), stepView("both.right")];
    const rows = rowsAfter(steps, [
      entered("both", { total: 2 }),
      completed("both.left"),
      failed("both.right"),
      completed("both"),
    ]);
    expect(rows.get("both")).toMatchObject({ status: "completed", tally: { settled: 2, failed: 1, expected: 2 } });
    expect(rows.get("both.left")).toMatchObject({ depth: 1, status: "completed", tally: undefined });
  });

  test("name the case that a conditional took", () => {
    const steps = [container("route", "conditional"), stepView("route.0.fast"), stepView("route.else.slow")];
    const rows = rowsAfter(steps, [
      entered("route", { case: "0" }),
      { type: "step_skipped", step: "route.else.slow", data: { reason: "case_not_taken" } },
      completed("route.0.fast"),
      completed("route"),
    ]);
    expect(rows.get("route")).toMatchObject({ status: "completed", note: "case 0", tally: undefined });
    expect(rows.get("route.0.fast")).toMatchObject({ depth: 1, status: "completed" });
    expect(rows.get("route.else.slow")).toMatchObject({ status: "skipped", note: "case not taken" });
  });

  test("show a retry until the next attempt starts", () => {
    const retrying = [
      { type: "step_started", step: "greet", attempt: 1 },
      {
        type: "step_retrying",
        step: "greet",
        attempt: 1,
        data: { error: { type: "connection", message: "reset" }, delayMs: 2_000 },
      },
    ] as const;
    const row = rowsAfter([stepView("greet")], retrying).get("greet");
    expect(row).toMatchObject({ status: "retrying", attempts: 1, note: "connection: reset" });
    expect(row?.dueAt).toBe(Date.parse("2026-11-21T08:30:02.100Z"));
    const again = rowsAfter([stepView("greet")], [...retrying, { type: "step_started", step: "greet", attempt: 2 }]);
    expect(again.get("greet")).toMatchObject({ status: "running", attempts: 2, note: undefined, dueAt: undefined });
  });

  test("show the status of the ended run, whatever the events said", () => {
    const rows = createStepRows([stepView("greet"), stepView("shout")]);
    rows.finish(stepView("shout", { status: "cancelled" }));
    expect(rows.read().map(({ status }) => status)).toEqual(["pending", "cancelled"]);
  });
});
