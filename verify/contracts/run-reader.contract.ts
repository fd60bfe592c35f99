import { BatonError, type RunId } from "@batonrun/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newRunId } from "../../packages/core/src/run/new-run-id.js";
import { StepRecord } from "../../packages/core/src/run/step-record.js";
import {
  type ContractCell,
  completeRun,
  definitionHash,
  dependentOf,
  fetchFrom,
  HOUR_MS,
  routeOf,
  settle,
  startRun,
} from "./contract-cell.js";

const LARGE = JSON.stringify("x".repeat(70_000));

/** What every RunReader promises, and the readers that it includes, of runs that transitions wrote. */
export function runReaderContract(make: () => ContractCell): void {
  let cell: ContractCell;
  beforeEach(() => {
    cell = make();
  });
  afterEach(() => cell.close());

  describe("a run", () => {
    test("is read as it was started, without what is not set", async () => {
      const id = await startRun(cell, { tags: ["x", "y"], priority: 3 });
      const run = await cell.reader.run(id);
      expect(run).toEqual({
        id,
        status: "running",
        definition: definitionHash,
        format: 1,
        workflow: "demo",
        version: "1.0.0",
        priority: 3,
        tags: ["x", "y"],
        createdAt: expect.any(Number),
        startedAt: expect.any(Number),
        deadlineAt: (run?.createdAt ?? 0) + HOUR_MS,
        left: 1,
        seq: 1,
      });
    });

    test("that is delayed has not started", async () => {
      const run = await cell.reader.run(await startRun(cell, { delayMs: HOUR_MS }));
      expect(run).toMatchObject({ status: "initializing", deadlineAt: (run?.createdAt ?? 0) + 2 * HOUR_MS });
      expect(run).not.toHaveProperty("startedAt");
    });

    test("that is closing says why", async () => {
      const id = await startRun(cell);
      await cell.transitions.closeRun(id, "cancelled", {});
      expect(await cell.reader.run(id)).toMatchObject({ status: "running", closing: "cancelled" });
    });

    test("that has ended says when, and as what", async () => {
      const id = await completeRun(cell, {});
      expect(await cell.reader.run(id)).toMatchObject({
        status: "completed",
        endedAt: expect.any(Number),
        left: 0,
        seq: 4,
      });
    });

    test("that failed has its error", async () => {
      const id = await startRun(cell);
      await settle(cell, await fetchFrom(cell), { settlement: {} });
      const { lease } = await fetchFrom(cell, "runs");
      const error = '{"type":"limit","message":"too large"}';
      await cell.transitions.finishRun({ runId: id, lease, status: "failed", error, fetch: false });
      expect(await cell.reader.run(id)).toMatchObject({ status: "failed", error });
    });

    test("whose retention is over is gone, from lists too", async () => {
      const id = await completeRun(cell, { retentionMs: 0, workflow: "swept" });
      expect(await cell.transitions.sweepRun(id)).toBe("swept");
      expect(await cell.reader.run(id)).toBeNull();
      expect(await cell.reader.list({ workflow: "swept", limit: 5 })).toEqual({ items: [] });
    });

    test("that nobody started has nothing", async () => {
      const id = newRunId(1, Math.random);
      const { reader } = cell;
      expect(await reader.run(id)).toBeNull();
      expect(await reader.document(id, "_input")).toBeNull();
      expect(await reader.events(id, 0, 10)).toEqual([]);
      expect(await reader.steps(id, ["a"], 10)).toEqual([{ instance: "a", generation: 0, record: null }]);
      expect(await reader.inlinePosition(id, "job")).toBeNull();
      expect(await reader.unsettled(id)).toEqual([]);
      expect(await reader.inputs(id, ["a"])).toEqual([{ name: "a", record: "", value: "" }]);
    });
  });

  describe("documents", () => {
    test("are read wherever their size put them", async () => {
      const id = await completeRun(cell, { input: '{"a":1}', output: LARGE });
      expect(await cell.reader.document(id, "_input")).toBe('{"a":1}');
      expect(await cell.reader.document(id, "_output")).toBe(LARGE);
    });

    test("are null while there is none", async () => {
      expect(await cell.reader.document(await startRun(cell), "_output")).toBeNull();
    });
  });

  describe("steps", () => {
    test("come in the order asked for, null where nothing is recorded", async () => {
      const id = await completeRun(cell, { result: '{"n":1}' });
      const [b, a] = await cell.reader.steps(id, ["b", "a"], 1_000);
      expect(b).toEqual({ instance: "b", generation: 0, record: null });
      expect(a).toMatchObject({
        instance: "a",
        generation: 0,
        result: '{"n":1}',
        record: {
          s: "completed",
          a: 1,
          f: 0,
          k: 0,
          q: expect.any(Number),
          t: expect.any(Number),
          e: expect.any(Number),
        },
      });
    });

    test("give results within the budget, in order, and say what was left out", async () => {
      const id = await threeResults(cell, ['"1234"', LARGE, '"12"']);
      const shown = async (maxBytes: number) =>
        (await cell.reader.steps(id, ["a", "b", "c", "d"], maxBytes)).map(({ result, omitted }) => result ?? omitted);
      expect(await shown(20)).toEqual(['"1234"', true, '"12"', undefined]);
      expect(await shown(8)).toEqual(['"1234"', true, true, undefined]);
      expect(await shown(100_000)).toEqual(['"1234"', LARGE, '"12"', undefined]);
      expect(await shown(0)).toEqual([undefined, undefined, undefined, undefined]);
    });

    test("are those of the current generation", async () => {
      const id = await startRun(cell, { roots: [dependentOf("a"), dependentOf("b")], left: 2 });
      for (const name of ["a", "b"]) await cell.removeJob({ queue: "steps.core", id: `${id}.${name}.0` });
      const { lease } = await fetchFrom(cell, "runs");
      const steps = [{ instance: "a", generation: 0, route: routeOf() }];
      expect(await cell.transitions.requeueSteps({ runId: id, lease, steps })).toBe("requeued");
      await settle(cell, await fetchFrom(cell), { settlement: { result: '"new"' } });
      const [a, b] = await cell.reader.steps(id, ["a", "b"], 100);
      expect(a).toMatchObject({ generation: 1, record: { s: "completed" }, result: '"new"' });
      expect(b).toMatchObject({ generation: 0, record: { s: "pending" } });
      expect(await cell.reader.inputs(id, ["a"])).toMatchObject([{ name: "a", value: '"new"' }]);
      expect(await cell.reader.unsettled(id)).toEqual([{ instance: "b", generation: 0 }]);
    });
  });

  describe("counters", () => {
    test("tell a container that was entered from one that was not", async () => {
      const id = await enteredMap(cell);
      const counters = await cell.reader.counters(id, ["m", "x"]);
      expect(counters.get("m")).toEqual({ total: 3, entered: 2, arrived: -3, failed: 0, skipped: 0, case: null });
      expect(counters.get("x")).toEqual({ total: null, entered: 0, arrived: 0, failed: 0, skipped: 0, case: null });
      expect((await cell.reader.counters(id, [])).size).toBe(0);
    });

    test("count what arrived at the exit, failed, and was skipped", async () => {
      const id = await enteredMap(cell);
      const exit = { ...dependentOf("m", routeOf([], "exit")), indegree: 0 };
      const ends = [
        { status: "failed", event: "step_failed", arrival: "failed" },
        { status: "skipped", event: "step_skipped", arrival: "skipped", reasonOfSkip: "condition_false" },
      ] as const;
      for (const end of ends) {
        const settlement = { ...end, countIn: "m", dependents: [exit], isTop: undefined };
        const { isTop: _isTop, ...item } = settlement;
        await settle(cell, await fetchFrom(cell), { settlement: item });
      }
      const counters = await cell.reader.counters(id, ["m"]);
      expect(counters.get("m")).toMatchObject({ total: 3, arrived: -1, failed: 1, skipped: 1 });
    });

    test("name the case that a conditional took", async () => {
      const id = await startRun(cell, { roots: [dependentOf("r._enter", routeOf([], "enter"))] });
      const exit = { ...dependentOf("r", routeOf([], "exit")), indegree: 0 };
      const entered = { exit, total: 1, arrivals: 1, case: "else" };
      await settle(cell, await fetchFrom(cell), {
        settlement: { event: "step_entered", step: "r", silent: true, entered },
      });
      const counters = await cell.reader.counters(id, ["r"]);
      expect(counters.get("r")).toMatchObject({ total: 1, arrived: -1, case: "else" });
      expect(await cell.reader.inputs(id, ["#r"])).toEqual([{ name: "#r", record: "else", value: "1 0 0" }]);
    });
  });

  describe("events", () => {
    test("are read from after a seq, up to a limit, with their times as text", async () => {
      const id = await completeRun(cell, { actor: "ann" });
      const events = await cell.reader.events(id, 0, 10);
      const run = await cell.reader.run(id);
      const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z$/);
      expect(events).toEqual([
        {
          seq: 1,
          type: "run_started",
          at: new Date(run?.createdAt ?? 0).toISOString(),
          actor: "ann",
          data: { workflow: "demo", version: "1.0.0" },
        },
        { seq: 2, type: "step_started", at, step: "a", attempt: 1 },
        { seq: 3, type: "step_completed", at, step: "a", attempt: 1 },
        { seq: 4, type: "run_completed", at },
      ]);
      expect(await cell.reader.events(id, 1, 2)).toEqual(events.slice(1, 3));
      expect(await cell.reader.events(id, 4, 10)).toEqual([]);
    });

    test("carry the compliance flags of their run's workflow", async () => {
      const id = await startRun(cell, { compliance: ["gdpr", "hipaa"] });
      expect(await cell.reader.events(id, 0, 10)).toMatchObject([
        { type: "run_started", compliance: ["gdpr", "hipaa"] },
      ]);
    });
  });

  describe("what a worker loads", () => {
    test("is the input, instances, items, and counters, in the order asked for; nothing where there is none", async () => {
      const id = await enteredMap(cell);
      const names = ["@m.1", "m._enter", "#m", "_input", "@m.9", "x", "#x"];
      const inputs = await cell.reader.inputs(id, names);
      expect(inputs.map(({ name }) => name)).toEqual(names);
      expect(inputs.map(({ value }) => value)).toEqual(['"second"', "", "3 0 0", "{}", "", "", "0 0 0"]);
      expect(StepRecord.parse(JSON.parse(inputs[1]?.record ?? ""))).toMatchObject({ s: "completed", a: 1 });
      expect(inputs.filter(({ record }) => record !== "")).toHaveLength(1);
      expect(await cell.reader.inputs(id, [])).toEqual([]);
    });

    test("of a result above 64 KB is its size", async () => {
      const id = await completeRun(cell, { result: LARGE });
      expect(await cell.reader.inputs(id, ["a"])).toMatchObject([{ value: `@${LARGE.length}` }]);
    });
  });

  test("the inline position is the step that a job continued with", async () => {
    const id = await startRun(cell, { left: 2 });
    const job = await fetchFrom(cell);
    expect(await cell.reader.inlinePosition(id, job.lease.id)).toBeNull();
    const reply = await settle(cell, job, { settlement: { dependents: [dependentOf("b")] }, inline: true });
    expect(reply).toMatchObject({ kind: "inline", step: { instance: "b" } });
    expect(await cell.reader.inlinePosition(id, job.lease.id)).toBe("b");
    expect(await cell.reader.unsettled(id)).toEqual([{ instance: "b", generation: 0 }]);
  });

  describe("a list of runs", () => {
    // (LR2)
    test("is newest first and continues behind its cursor, though new runs come (LR2)", async () => {
      const ids = await severalRuns(cell, 5);
      const first = await cell.reader.list({ workflow: "paged", limit: 2 });
      await startRun(cell, { workflow: "paged" });
      const second = await cell.reader.list({ workflow: "paged", limit: 2, cursor: first.nextCursor ?? "" });
      const third = await cell.reader.list({ workflow: "paged", limit: 2, cursor: second.nextCursor ?? "" });
      expect([first, second, third].flatMap(({ items }) => items.map(({ id }) => id))).toEqual([...ids].reverse());
      expect(third.nextCursor).toBeUndefined();
    });

    test("shows a run as a summary", async () => {
      const id = await completeRun(cell, { workflow: "shown", tags: ["x"], priority: 2 });
      const run = await cell.reader.run(id);
      const { items } = await cell.reader.list({ workflow: "shown", limit: 5 });
      expect(items).toEqual([
        {
          ...{ id, workflow: "shown", version: "1.0.0", status: "completed", tags: ["x"], priority: 2 },
          createdAt: isoOf(run?.createdAt),
          startedAt: isoOf(run?.startedAt),
          endedAt: isoOf(run?.endedAt),
          deadlineAt: isoOf(run?.deadlineAt),
          durationMs: (run?.endedAt ?? 0) - (run?.startedAt ?? 0),
        },
      ]);
    });

    test("keeps to all of its filters", async () => {
      const wanted = await completeRun(cell, { workflow: "one", tags: ["x"] });
      await completeRun(cell, { workflow: "one", tags: ["y"] });
      await completeRun(cell, { workflow: "other", tags: ["x"] });
      await startRun(cell, { workflow: "one", tags: ["x"] });
      const page = await cell.reader.list({ workflow: "one", status: "completed", tag: "x", limit: 10 });
      expect(page.items.map(({ id }) => id)).toEqual([wanted]);
      const tagged = await cell.reader.list({ tag: "x", limit: 10 });
      expect(tagged.items).toHaveLength(3);
    });

    test("is bounded by time, both ends excluded", async () => {
      await severalRuns(cell, 3);
      const all = await cell.reader.list({ workflow: "paged", limit: 10 });
      const times = all.items.map(({ createdAt }) => Date.parse(createdAt));
      const [last = 0, middle = 0, first = 0] = times;
      const within = await cell.reader.list({ workflow: "paged", after: first, before: last, limit: 10 });
      expect(within.items.map(({ createdAt }) => Date.parse(createdAt))).toEqual([middle]);
    });

    test.each(["", "x", Buffer.from('{"score":1}').toString("base64url")])("refuses the cursor %j", async (cursor) => {
      const listed = cell.reader.list({ limit: 5, cursor });
      await expect(listed).rejects.toThrow(BatonError);
      await expect(listed).rejects.toMatchObject({ code: "cursor_invalid" });
    });
  });
}

async function threeResults(cell: ContractCell, results: readonly string[]): Promise<RunId> {
  const names = ["a", "b", "c"];
  const id = await startRun(cell, { roots: names.map((name) => dependentOf(name)), left: 3 });
  for (const result of results) await settle(cell, await fetchFrom(cell), { settlement: { result } });
  return id;
}

/** A map of three items, two of them running. */
async function enteredMap(cell: ContractCell): Promise<RunId> {
  const id = await startRun(cell, { roots: [dependentOf("m._enter", routeOf([], "enter"))] });
  const enter = await fetchFrom(cell);
  const items = ["m.0", '"first"', "m.1", '"second"', "m.2", '"third"'];
  expect(await cell.transitions.writeItems(id, enter.lease, items)).toBe(true);
  const exit = { ...dependentOf("m", routeOf([], "exit")), indegree: 0 };
  const template = { map: "m", roots: [{ before: "m.", after: "", route: routeOf() }] };
  const entered = { exit, total: 3, arrivals: 3, items: { width: 2, template } };
  await settle(cell, enter, { settlement: { event: "step_entered", step: "m", silent: true, entered } });
  return id;
}

/** Runs of the workflow `paged`, each created in a later millisecond than the one before. */
async function severalRuns(cell: ContractCell, count: number): Promise<readonly RunId[]> {
  const ids: RunId[] = [];
  for (let newest = 0; ids.length < count; ) {
    const id = await startRun(cell, { workflow: "paged" });
    newest = await createdAt(cell, id);
    ids.push(id);
    // Other runs tell when the clock has moved on.
    while ((await createdAt(cell, await startRun(cell, { workflow: "clock" }))) <= newest);
  }
  return ids;
}

async function createdAt(cell: ContractCell, id: RunId): Promise<number> {
  return (await cell.reader.run(id))?.createdAt ?? 0;
}

function isoOf(ms: number | undefined): string {
  return new Date(ms ?? 0).toISOString();
}
