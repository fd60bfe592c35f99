import { eventLog, runView, stepView } from "@batonrun/client/testing";
import type { RunEvent, StepView } from "@batonrun/contract";
import picocolors from "picocolors";
import { describe, expect, test } from "vitest";
import { drawFrame } from "./frame.js";
import { createProgressReader } from "./run-progress.js";

const colors = picocolors.createColors(false);
/** Our clock runs ten seconds ahead of the server's. */
const AHEAD_MS = 10_000;

function frameOf(
  story: { readonly steps: readonly StepView[]; readonly events: readonly Omit<RunEvent, "seq" | "at">[] },
  size: { readonly columns?: number; readonly maxLines?: number } = {},
): readonly string[] {
  const log = eventLog(...story.events);
  const reader = createProgressReader(runView({ steps: [...story.steps] }));
  for (const event of log) reader.take(event, Date.parse(event.at) + AHEAD_MS);
  const now = Date.parse(log.at(-1)?.at ?? "") + AHEAD_MS + 2_000;
  return drawFrame(reader.read(), { colors, columns: 80, maxLines: 30, now, turn: 0, ...size });
}

const steps = [
  stepView("extract", { action: "text.extract" }),
  stepView("pages", { type: "map", action: "text.sentiment" }),
  stepView("report", { action: "report.markdown" }),
];
const events: readonly Omit<RunEvent, "seq" | "at">[] = [
  { type: "run_started" },
  { type: "step_started", step: "extract", attempt: 1 },
  { type: "step_completed", step: "extract", attempt: 1 },
  { type: "step_entered", step: "pages", data: { total: 8 } },
  { type: "step_completed", step: "pages.0", attempt: 1 },
  { type: "step_failed", step: "pages.1", attempt: 1 },
];

describe("a frame of the live table", () => {
  test("shows what every step does, for how long by the server's clock, and how far maps are", () => {
    expect(frameOf({ steps, events })).toEqual([
      "⠋ hello 1.0.0  running  01JDK7ZB5TXQ8M4W2Y9V6R3HNC",
      "",
      "  ✔ extract  text.extract             100ms",
      "  ⠋ pages    map of text.sentiment     2.2s  ━━━━━─────────────── 2/8, 1 failed",
      "  ○ report   report.markdown",
      "",
      "  1 of 3 steps · 2.5s",
    ]);
  });

  test("cuts what has no room rather than wrap", () => {
    const error = { type: "connection", message: "the server closed\nthe connection ".repeat(9) };
    const retrying = { type: "step_retrying", step: "extract", attempt: 1, data: { error, delayMs: 5_000 } } as const;
    const frame = frameOf({ steps, events: [...events.slice(0, 2), retrying] }, { columns: 72 });
    expect(frame[2]).toBe("  ↻ extract  text.extract              2.1s  attempt 2 in 3.0s  connec…");
    expect(frameOf({ steps, events }, { columns: 50 })[3]).toBe("  ⠋ pages    map of text.sentiment     2.2s");
  });

  test("folds the steps that do not fit, and keeps running steps visible", () => {
    const many = Array.from({ length: 40 }, (_each, index) => stepView(`step_${index}`));
    const log: readonly Omit<RunEvent, "seq" | "at">[] = [
      { type: "run_started" },
      { type: "step_started", step: "step_2", attempt: 1 },
      { type: "step_completed", step: "step_2", attempt: 1 },
      { type: "step_started", step: "step_30", attempt: 1 },
      { type: "step_failed", step: "step_35", attempt: 1 },
    ];
    const frame = frameOf({ steps: many, events: log }, { maxLines: 8 });
    expect(frame).toHaveLength(8);
    expect(frame.slice(2, 6).map((line) => line.trim().split(/ +/).slice(0, 2).join(" "))).toEqual([
      "✔ step_2",
      "⠋ step_30",
      "✖ step_35",
      "… and",
    ]);
    expect(frame[5]).toBe("    … and 37 more: 37 pending");
  });

  test("says that a run is ending before it has ended", () => {
    const closing = { type: "run_closing", data: { closing: "cancelled" } } as const;
    expect(frameOf({ steps, events: [...events, closing] })[0]).toContain("ending as cancelled");
  });
});
