import { DefinitionHash, type RunId } from "@batonrun/contract";
import { beforeEach, expect, test } from "vitest";
import { GRAPH_FORMAT } from "../../packages/core/src/graph/graph.js";
import type { Dependent } from "../../packages/core/src/ports/route.js";
import type { Settlement } from "../../packages/core/src/ports/settlement.js";
import type { Lease, SettleReply } from "../../packages/core/src/ports/transitions.js";
import { newRunId } from "../../packages/core/src/run/new-run-id.js";
import type { Attempted, Run } from "../model/cell.js";
import type { Fetched } from "../model/claim-step.js";
import { ForbiddenMove, moveRun, putRecord } from "../model/run-state.js";
import { type MemoryCell, memoryCell } from "./memory-cell.js";

const hash = DefinitionHash.parse("a".repeat(64));
const HOUR_MS = 3_600_000;

let now = 0;
let cell: MemoryCell;
beforeEach(() => {
  now = 1_000;
  cell = memoryCell({
    now: () => now,
    worker: () => ({ actions: ["core.noop"], format: GRAPH_FORMAT }),
  });
  cell.change(({ definitions }) => void definitions.stored.push(hash));
});

function dependent(instance: string, indegree = 1): Dependent {
  const data = JSON.stringify({ role: "step", format: GRAPH_FORMAT, loads: [] }).slice(1);
  const route = { queue: "steps.core", priority: 0, role: "step", name: "core.noop", loads: [], data } as const;
  return { instance, indegree, route };
}

async function start(roots: readonly Dependent[], more: { readonly delayMs?: number } = {}): Promise<RunId> {
  const id = newRunId(now, () => 0.5);
  const reply = await cell.transitions.startRun({
    id,
    definition: hash,
    adhoc: false,
    workflow: "test",
    version: "1.0.0",
    priority: 0,
    tags: [],
    compliance: [],
    input: "{}",
    roots,
    left: 2,
    maxParallel: 10,
    timeoutMs: HOUR_MS,
    retentionMs: HOUR_MS,
    ...more,
  });
  expect(reply).toEqual({ kind: "started", id });
  return id;
}

function fetched(queue: string): Fetched {
  now += 1;
  const job = cell.fetch(queue, `worker:${now}`);
  if (job === null) throw new Error(`nothing waits in ${queue}`);
  return job;
}

function completed(instance: string, dependents: readonly Dependent[] = []): Settlement {
  return {
    instance,
    status: "completed",
    result: "1",
    event: "step_completed",
    arrival: "ok",
    dependents,
    isTop: true,
  };
}

async function settle(runId: RunId, lease: Lease, settlement: Settlement): Promise<SettleReply> {
  const fixed = { generation: 0, attempt: 1, inline: true, fetch: true, priority: 0, depth: 0, held: [] };
  const { instance } = settlement;
  return await cell.transitions.settleStep({ runId, lease, instance, settlements: [settlement], ...fixed });
}

test("a run goes from its start to its end without Redis", async () => {
  const id = await start([dependent("a")]);
  const { lease, claim } = fetched("steps.core");
  expect(claim).toMatchObject({ instance: "a", attempt: 1 });
  expect(await settle(id, lease, completed("a", [dependent("b")]))).toMatchObject({
    kind: "inline",
    step: { instance: "b" },
  });
  expect(await settle(id, lease, completed("b"))).toMatchObject({ kind: "finished" });
  expect(cell.takeNext(lease)).toBeNull();
  const job = fetched("runs");
  expect(cell.park(job.lease)).toBe(false);
  const finish = { runId: id, lease: job.lease, status: "completed", output: "1", fetch: false } as const;
  expect(await cell.transitions.finishRun(finish)).toMatchObject({ kind: "finished", first: true });
  const run = cell.state().runs[id];
  expect(run).toMatchObject({ status: "completed", left: 0, done: ["a", "b"] });
  expect(run?.events.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
    "1 run_started",
    "2 step_started",
    "3 step_completed",
    "4 step_started",
    "5 step_completed",
    "6 run_completed",
  ]);
});

test("the end of a job hands out the next one, once", async () => {
  const id = await start([dependent("a"), dependent("b")]);
  const { lease } = fetched("steps.core");
  await settle(id, lease, completed("a"));
  expect(cell.takeNext(lease)).toMatchObject({ claim: { instance: "b" } });
  expect(cell.takeNext(lease)).toBeNull();
});

test("time is whatever the caller says: a delayed run starts when it is due, and ends when its time is over", async () => {
  const id = await start([dependent("a")], { delayMs: 500 });
  expect(cell.fetch("steps.core", "early")).toBeNull();
  now += 500;
  expect(fetched("steps.core").claim).toMatchObject({ instance: "a" });
  expect(cell.state().runs[id]?.status).toBe("running");
  now += HOUR_MS;
  expect(await cell.transitions.fireTimers()).toEqual([]);
  expect(cell.state().runs[id]?.closing).toBe("timed_out");
});

test("a state that was handed out does not change (MC1)", async () => {
  const id = await start([dependent("a")]);
  const before = cell.state();
  const copy = structuredClone(before);
  await cell.transitions.closeRun(id, "cancelled", { actor: "ann" });
  expect(before).toEqual(copy);
  expect(cell.state()).not.toEqual(copy);
});

test("a listener hears of a change after it is made, with the state before it (MC2)", async () => {
  const before = cell.state();
  const heard: string[] = [];
  cell.listen((old, changed) => heard.push(`${old === before} ${changed === cell.state()}`));
  await start([dependent("a")]);
  expect(heard[0]).toBe("true true");
});

test("a move that the table does not know is refused", async () => {
  const id = await start([dependent("a")]);
  // A copy of the test's own: nobody else holds it.
  const run = structuredClone(cell.state().runs[id]) as Run;
  moveRun(run, "completed");
  expect(() => moveRun(run, "running")).toThrow(ForbiddenMove);
  const failed: Attempted = { s: "failed" };
  expect(() => putRecord(run, "a", { s: "completed" })).toThrow(ForbiddenMove);
  putRecord(run, "a", failed);
  expect(() => putRecord(run, "a", failed)).toThrow("step a may not move from failed to failed");
});

test("a listener hears of each change, with the state before it and the one after (MC2)", async () => {
  const changes: (readonly [number, number])[] = [];
  cell.listen((before, after) => changes.push([Object.keys(before.runs).length, Object.keys(after.runs).length]));
  await start([dependent("a")]);
  now += 1;
  await start([dependent("a")]);
  expect(changes).toEqual([
    [0, 1],
    [1, 2],
  ]);
});
