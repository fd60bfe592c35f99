import { RunId } from "@batonrun/contract";
import { definitionOf, heldAction, memoryEngine, noop, stepOf } from "@batonrun/verify/memory";
import { describe, expect, test } from "vitest";

describe("a run's output", () => {
  test.each([
    ["contains the results of the leaves by default", {}, { c: { value: 2 }, d: { value: 9 } }],
    [
      "is evaluated from the workflow's template",
      { output: { sum: "{{ a.result.value + c.result.value }}" } },
      { sum: 3 },
    ],
    ["can read the input", { output: "{{ input.n }}", with: { n: 5 } }, 5],
    ["can be plain JSON", { output: ["as", "is"] }, ["as", "is"]],
  ])("%s", async (_title, more, output) => {
    const run = await memoryEngine().run({ a: noop(1), c: noop("{{ a.result.value + 1 }}"), d: noop(9) }, more);
    expect(run).toMatchObject({ status: "completed", output });
  });

  test("contains null for a skipped step", async () => {
    const run = await memoryEngine().run({ a: noop(1, { if: "false" }) });
    expect(run).toMatchObject({ status: "completed", output: { a: null } });
  });

  test("fails the run if it cannot be evaluated", async () => {
    const run = await memoryEngine().run({ a: noop(1) }, { output: "{{ a.result.none.deeper }}" });
    expect(run).toMatchObject({
      status: "failed",
      error: { type: "validation", message: expect.stringMatching(/^output: /), retryable: false },
    });
    expect(stepOf(run, "a").status).toBe("completed");
  });

  test("fails the run above 1 MB and reports its size", async () => {
    const text = "x".repeat(600_000);
    const run = await memoryEngine().run({ a: noop(text), b: noop(text) });
    expect(run).toMatchObject({
      status: "failed",
      error: { type: "limit", message: expect.stringMatching(/^output: it has 1200035 bytes/) },
    });
  });
});

describe("a run ends", () => {
  test("once, with one event, one measurement, and one log line", async () => {
    const engine = memoryEngine();
    const run = await engine.run({ a: noop(1) });
    expect((await engine.eventTypes(run.id)).filter((type) => type.startsWith("run_"))).toEqual([
      "run_started",
      "run_completed",
    ]);
    expect(engine.metrics.total("runEnded test completed")).toBe(1);
    expect(engine.logged.filter((line) => line === "info run completed")).toHaveLength(1);
  });

  test("when its last running step has ended, even after another one failed", async () => {
    const held = heldAction("test.hold");
    const engine = memoryEngine([held.action]);
    const definition = definitionOf({ a: { action: "test.hold" }, b: { action: "core.fail" } });
    const id = await engine.start({ definition });
    await expect.poll(() => engine.eventTypes(id)).toContain("run_closing");
    await engine.settled();
    expect(await engine.reader.run(id)).toMatchObject({ status: "running", closing: "failed" });
    held.release();
    const run = await engine.ended(id);
    expect(run.status).toBe("failed");
    expect(stepOf(run, "a").status).toBe("completed");
  });

  test("without a start time if it was cancelled before its first step", async () => {
    const engine = memoryEngine();
    const id = await engine.start({ definition: definitionOf({ a: noop(1) }), delayMs: 60_000 });
    await engine.transitions.closeRun(id, "cancelled", {});
    const run = await engine.ended(id);
    expect(run.status).toBe("cancelled");
    expect(run).not.toHaveProperty("startedAt");
  });
});

describe("a step whose job was lost", () => {
  test("is queued again with the next generation (FR1, FR3)", async () => {
    const engine = memoryEngine();
    const id = await engine.start({
      definition: definitionOf({ a: { action: "test.late", queue: "late" }, b: noop(1) }),
    });
    await engine.settled();
    engine.cell.removeJob(`steps.late/${id}.a.0`);
    await engine.settled();
    expect(engine.cell.state().queues["steps.late"]?.waiting).toEqual([`${id}.a.1`]);
    expect((await engine.events(id)).find(({ type }) => type === "step_requeued")).toMatchObject({
      step: "a",
      generation: 1,
    });
  });
});

test("a run whose definition this worker cannot read is left to another worker", async () => {
  const engine = memoryEngine();
  const id = await engine.start({ definition: definitionOf({ a: noop(1) }) });
  const stored = await engine.reader.run(id);
  const { finalizeRun } = await import("./finalize-run.js");
  const job = {
    lease: { id, queue: "runs", token: "t" },
    data: { run: RunId.parse(id), definition: stored?.definition, format: 99 },
    mayFetch: () => true,
    waitForChildren: async () => false,
  };
  expect(await finalizeRun({ ...engine.steps, transitions: engine.transitions }, job)).toBe("lacking");
});
