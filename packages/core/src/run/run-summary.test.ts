import { DefinitionHash, RunSummary } from "@batonrun/contract";
import { describe, expect, test } from "vitest";
import { newRunId } from "./new-run-id.js";
import { RunLifetime } from "./run-lifetime.js";
import { runSummary } from "./run-summary.js";

const CREATED_MS = Date.parse("2026-01-01T00:00:00.000Z");
const startedAt = CREATED_MS + 1_000;
const endedAt = CREATED_MS + 3_500;

function summaryOf(lifetime: object): RunSummary {
  return runSummary({
    id: newRunId(CREATED_MS, () => 0.5),
    definition: DefinitionHash.parse("a".repeat(64)),
    ...{ format: 1, workflow: "demo", version: "1.0.0", priority: 0, tags: ["x"], left: 0, seq: 1 },
    ...{ createdAt: CREATED_MS, deadlineAt: CREATED_MS + 60_000 },
    ...RunLifetime.parse(lifetime),
  });
}

const started = { startedAt: "2026-01-01T00:00:01.000Z" };
const ended = { ...started, endedAt: "2026-01-01T00:00:03.500Z", durationMs: 2_500 };

describe("a summary has what its status allows", () => {
  test.each([
    [{ status: "initializing" }, {}],
    [{ status: "initializing", closing: "cancelled" }, { closing: "cancelled" }],
    [{ status: "running", startedAt }, started],
    [
      { status: "paused", startedAt, closing: "timed_out" },
      { ...started, closing: "timed_out" },
    ],
    [{ status: "completed", startedAt, endedAt }, ended],
    [
      { status: "failed", closing: "failed", startedAt, endedAt },
      { ...ended, closing: "failed" },
    ],
    [{ status: "failed", startedAt, endedAt, error: "{}" }, ended],
    [
      { status: "cancelled", closing: "cancelled", startedAt, endedAt },
      { ...ended, closing: "cancelled" },
    ],
    [
      { status: "cancelled", closing: "cancelled", endedAt },
      { endedAt: ended.endedAt, closing: "cancelled" },
    ],
    [
      { status: "timed_out", closing: "timed_out", startedAt, endedAt },
      { ...ended, closing: "timed_out" },
    ],
    [{ status: "rolled_back", startedAt, endedAt }, ended],
  ])("%j", (lifetime, expected) => {
    const { id, workflow, version, tags, priority, createdAt, deadlineAt, ...rest } = summaryOf(lifetime);
    expect(rest).toEqual({ status: lifetime.status, ...expected });
    expect({ workflow, version, tags, priority, createdAt, deadlineAt }).toEqual({
      ...{ workflow: "demo", version: "1.0.0", tags: ["x"], priority: 0 },
      createdAt: "2026-01-01T00:00:00.000Z",
      deadlineAt: "2026-01-01T00:01:00.000Z",
    });
    expect(RunSummary.safeParse(summaryOf(lifetime)).success).toBe(true);
    expect(id).toHaveLength(26);
  });
});
