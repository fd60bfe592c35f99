import type { RunId, StepView } from "@batonrun/contract";
import { definitionOf, echo, fail, heldAction, MemoryEngine, noop } from "@batonrun/verify/memory";
import { beforeAll, describe, expect, test } from "vitest";
import { loadGraph } from "../plan/graph-cache.js";
import { assembleContainerResult } from "../run/container-result.js";
import { newRunId } from "../run/new-run-id.js";
import { drawRun } from "./draw-run.js";
import { readRun } from "./read-run.js";
import { readStep, readSteps } from "./read-steps.js";

const held = heldAction("test.held");
let engine: MemoryEngine;

beforeAll(() => {
  engine = new MemoryEngine();
  engine.work([echo, fail, held.action]);
});

async function ended(steps: Readonly<Record<string, unknown>>): Promise<RunId> {
  const runId = await engine.start({ definition: definitionOf(steps), input: {} });
  await engine.ended(runId);
  return runId;
}

async function allPages(query: Omit<Parameters<typeof readSteps>[1], "cursor">): Promise<readonly StepView[]> {
  const steps: StepView[] = [];
  let cursor: string | undefined;
  do {
    const page = await readSteps(engine, { ...query, ...(cursor !== undefined && { cursor }) });
    steps.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return steps;
}

const ids = (steps: readonly StepView[]): readonly string[] => steps.map(({ id }) => id);

describe("instances of a map", () => {
  test("are paged in item order, each exactly once", async () => {
    const runId = await ended({ all: { type: "map", over: rangeTo(30), step: noop("{{ item }}") } });
    const steps = await allPages({ runId, parent: "all", limit: 7 });
    expect(ids(steps)).toEqual(rangeTo(30).map((index) => `all.${index}`));
    expect(steps.every((step) => step.status === "completed" && step.action === "core.noop")).toBe(true);
    expect(steps[0]).not.toHaveProperty("result");
  });

  test("are filtered by status", async () => {
    const step = { action: "core.fail", with: { times: "{{ item }}" } };
    const runId = await ended({ all: { type: "map", over: [0, 9, 0, 9], minSuccess: 0.5, step } });
    expect(ids(await allPages({ runId, parent: "all", status: "failed", limit: 1 }))).toEqual(["all.1", "all.3"]);
  });

  test("of several steps are items, and each item has its steps", async () => {
    const body = { first: noop("{{ item }}"), second: noop("{{ first.result.value + 1 }}") };
    const runId = await ended({ all: { type: "map", over: [1, 10], steps: body } });
    const items = await allPages({ runId, parent: "all", limit: 200 });
    expect(items.map(({ id, type, status }) => [id, type, status])).toEqual([
      ["all.0", "item", "completed"],
      ["all.1", "item", "completed"],
    ]);
    expect(ids(await allPages({ runId, parent: "all.1", limit: 200 }))).toEqual(["all.1.first", "all.1.second"]);
    expect(await readStep(engine, { runId, instance: "all.1.second" })).toMatchObject({ result: { value: 11 } });
    expect(await readStep(engine, { runId, instance: "all.1" })).toMatchObject({
      type: "item",
      result: { second: { value: 11 } },
    });
  });

  test("that are maps have items and counts themselves", async () => {
    const inner = { type: "map", over: "item", step: noop("{{ item }}") };
    const runId = await ended({ outer: { type: "map", over: [[1, 2], []], step: inner } });
    const outer = await allPages({ runId, parent: "outer", limit: 200 });
    expect(outer.map(({ id, counts }) => [id, counts?.total, counts?.completed])).toEqual([
      ["outer.0", 2, 2],
      ["outer.1", 0, 0],
    ]);
    expect(ids(await allPages({ runId, parent: "outer.0", limit: 200 }))).toEqual(["outer.0.0", "outer.0.1"]);
    await expect(readStep(engine, { runId, instance: "outer.1.0" })).rejects.toMatchObject({ code: "step_not_found" });
  });

  test("show the cases that they did not take as skipped", async () => {
    const steps = {
      pick: {
        type: "conditional",
        cases: [{ if: "item > 1", steps: { big: noop("{{ item }}") } }],
        else: { steps: { small: noop(0) } },
      },
    };
    const runId = await ended({ all: { type: "map", over: [1, 2], steps } });
    const taken = await allPages({ runId, parent: "all.1.pick", limit: 200 });
    expect(taken.map(({ id, status, reason }) => [id, status, reason])).toEqual([
      ["all.1.pick.0.big", "completed", undefined],
      ["all.1.pick.else.small", "skipped", "case_not_taken"],
    ]);
    expect(await readStep(engine, { runId, instance: "all.0.pick" })).toMatchObject({
      counts: { total: 2, completed: 1, skipped: 1 },
      result: { case: "else", results: { small: { value: 0 } } },
    });
  });
});

test("without a parent, the steps of the top scope are listed", async () => {
  const runId = await ended({ a: noop(1), box: { type: "parallel", steps: { b: noop(2) } } });
  const steps = await allPages({ runId, limit: 1 });
  expect(ids(steps)).toEqual(["a", "box"]);
  expect(steps[1]?.counts).toMatchObject({ total: 1, completed: 1 });
});

describe("unknown instances", () => {
  test.each(["missing", "all._enter", "all.*", "all.7", "all.0.x", "a.0", "all.00"])("%s", async (instance) => {
    const runId = await ended({ a: noop(1), all: { type: "map", over: [1], step: noop(1) } });
    await expect(readStep(engine, { runId, instance })).rejects.toMatchObject({ code: "step_not_found" });
  });

  test("a leaf step has no instances", async () => {
    const runId = await ended({ a: noop(1) });
    await expect(readSteps(engine, { runId, parent: "a", limit: 1 })).rejects.toMatchObject({ code: "step_not_found" });
    await expect(readSteps(engine, { runId: newRunId(1, Math.random), limit: 1 })).rejects.toMatchObject({
      code: "run_not_found",
    });
  });
});

describe("an active run", () => {
  test("shows running steps, pending steps, and the progress of a map", async () => {
    const steps = {
      all: { type: "map", over: [1, 2, 3], maxParallel: 1, steps: { work: { action: "test.held" } } },
      after: noop(1, { needs: ["all"] }),
    };
    const runId = await engine.start({ definition: definitionOf(steps), input: {} });
    await held.arrived();
    const run = await readRun(engine, runId);
    expect(run.steps.map(({ id, status }) => [id, status])).toEqual([
      ["all", "running"],
      ["all.*.work", "running"],
      ["after", "pending"],
    ]);
    expect(run.steps[0]?.counts).toEqual({
      total: 3,
      completed: 0,
      failed: 0,
      skipped: 0,
      cancelled: 0,
      running: 1,
      pending: 2,
    });
    const items = await readSteps(engine, { runId, parent: "all", limit: 10 });
    expect(items.items.map(({ status }) => status)).toEqual(["running", "pending", "pending"]);
    expect((await drawRun(engine, runId)).nodes.map(({ status }) => status)).toEqual(["running", "running", "pending"]);
    await engine.transitions.closeRun(runId, "cancelled", {});
    const cancelled = await engine.ended(runId);
    expect(cancelled.steps.map(({ status }) => status)).toEqual(["cancelled", "cancelled", "cancelled"]);
    expect((await readSteps(engine, { runId, parent: "all", limit: 10 })).items.map(({ status }) => status)).toEqual([
      "cancelled",
      "cancelled",
      "cancelled",
    ]);
  });
});

describe("results", () => {
  test("of a run are omitted above 1 MB in total, and each can be read separately", async () => {
    const text = "x".repeat(400_000);
    const runId = await ended({ a: noop(text), b: noop(text), c: noop(text), d: noop("small") });
    const run = await readRun(engine, runId);
    expect(run.resultOmitted).toBe(true);
    expect(run.steps.map(({ resultOmitted }) => resultOmitted ?? false)).toEqual([false, false, true, false]);
    expect(run.steps[3]?.result).toEqual({ value: "small" });
    expect(await readStep(engine, { runId, instance: "c" })).toMatchObject({ result: { value: text } });
  });

  test("of a container are not loaded above the size limit (CR1)", async () => {
    const runId = await ended({ all: { type: "map", over: rangeTo(30), step: noop("x".repeat(1_000)) } });
    const record = await engine.reader.run(runId);
    if (record === null) throw new Error("the run has just ended");
    const graph = await loadGraph(engine, record);
    const query = { runId, graph, container: "all" };
    expect(await assembleContainerResult(engine, { ...query, maxBytes: 20_000 })).toEqual({ kind: "too_large" });
    expect(await assembleContainerResult(engine, { ...query, maxBytes: 0 })).toEqual({ kind: "too_large" });
    expect(await assembleContainerResult(engine, { ...query, maxBytes: 40_000 })).toMatchObject({
      kind: "assembled",
      bytes: expect.any(Number),
    });
  });

  test("of a container with an output are the evaluated output (CR2)", async () => {
    const box = {
      type: "parallel",
      steps: { a: noop(1), b: noop(2) },
      output: { sum: "result.results.a.value + result.results.b.value" },
    };
    const runId = await ended({ box, outer: { type: "parallel", steps: { inner: box } } });
    const run = await readRun(engine, runId);
    expect(run.steps.find(({ id }) => id === "box")?.result).toEqual({ sum: 3 });
    expect(run.steps.find(({ id }) => id === "outer")?.result).toMatchObject({ results: { inner: { sum: 3 } } });
  });
});

function rangeTo(length: number): readonly number[] {
  return Array.from({ length }, (_, index) => index);
}
