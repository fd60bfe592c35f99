import type { RunEvent } from "@batonrun/contract";
import { definitionOf, echo, heldAction, MemoryEngine } from "@batonrun/verify/memory";
import { beforeAll, describe, expect, test } from "vitest";
import { newRunId } from "../run/new-run-id.js";
import { readEvents } from "./read-events.js";
import { waitForRun } from "./wait-for-run.js";
import { watchRun } from "./watch-run.js";

const held = heldAction("test.held");
let engine: MemoryEngine;

beforeAll(() => {
  engine = new MemoryEngine();
  engine.work([echo, held.action]);
});

const never = (): AbortSignal => new AbortController().signal;

async function startHeld() {
  const runId = await engine.start({
    definition: definitionOf({ a: { action: "core.noop" }, b: { action: "test.held", needs: ["a"] } }),
    input: {},
  });
  await held.arrived();
  return runId;
}

describe("a watch", () => {
  test("returns all past and future events in order, and ends with the run (WR1)", async () => {
    const runId = await startHeld();
    const events: RunEvent[] = [];
    for await (const event of watchRun(engine, { runId, afterSeq: 0, signal: never() })) {
      events.push(event);
      if (event.type === "step_started" && event.step === "b") held.release();
    }
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(0)?.type).toBe("run_started");
    expect(events.at(-1)?.type).toBe("run_completed");
  });

  test("continues after a seq, and ends at once after the last (WR3)", async () => {
    const runId = await engine.start({ definition: definitionOf({ a: { action: "core.noop" } }), input: {} });
    await engine.ended(runId);
    const all = await readEvents(engine, { runId, limit: 200 });
    const last = all.items.length;
    expect(await seqsOf(watchRun(engine, { runId, afterSeq: 2, signal: never() }))).toEqual(rangeOf(3, last));
    expect(await seqsOf(watchRun(engine, { runId, afterSeq: last, signal: never() }))).toEqual([]);
  });

  test("finds events whose messages were lost (WR2)", async () => {
    const runId = await startHeld();
    const deaf = { reader: engine.reader, feed: { subscribe: async () => async () => undefined } };
    const events = watchRun(deaf, { runId, afterSeq: 0, signal: never(), rereadMs: 20 });
    held.release();
    expect((await seqsOf(events)).length).toBeGreaterThan(4);
  });

  test("ends without an error when its listener aborts", async () => {
    const runId = await startHeld();
    const listener = new AbortController();
    for await (const event of watchRun(engine, { runId, afterSeq: 0, signal: listener.signal })) {
      if (event.step === "b") listener.abort();
    }
    held.release();
    expect((await engine.ended(runId)).status).toBe("completed");
  });

  test("of an unknown run is rejected", async () => {
    const runId = newRunId(1, Math.random);
    const events = watchRun(engine, { runId, afterSeq: 0, signal: never() });
    await expect(events.next()).rejects.toMatchObject({ code: "run_not_found" });
  });
});

describe("waiting for a run", () => {
  test("returns it when it ends", async () => {
    const runId = await startHeld();
    const waiting = waitForRun(engine, { runId, timeoutMs: 10_000 });
    held.release();
    expect(await waiting).toMatchObject({ id: runId, status: "completed" });
  });

  test("returns null after the timeout or when the caller disconnects", async () => {
    const runId = await startHeld();
    expect(await waitForRun(engine, { runId, timeoutMs: 1 })).toBeNull();
    expect(await waitForRun(engine, { runId, timeoutMs: 60_000, signal: AbortSignal.abort() })).toBeNull();
    held.release();
    await engine.ended(runId);
  });
});

describe("a page of events", () => {
  test("continues where the previous page ended", async () => {
    const runId = await engine.start({ definition: definitionOf({ a: { action: "core.noop" } }), input: {} });
    await engine.ended(runId);
    const first = await readEvents(engine, { runId, limit: 2 });
    const rest = await readEvents(engine, { runId, limit: 200, cursor: first.nextCursor ?? "" });
    expect(first.items.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(rest.items[0]?.seq).toBe(3);
    expect(rest.nextCursor).toBeUndefined();
  });

  test("rejects the cursor of another list", async () => {
    const runId = await engine.start({ definition: definitionOf({ a: { action: "core.noop" } }), input: {} });
    await expect(readEvents(engine, { runId, limit: 2, cursor: "e30" })).rejects.toMatchObject({
      code: "cursor_invalid",
    });
  });
});

async function seqsOf(events: AsyncIterable<RunEvent>): Promise<readonly number[]> {
  const seqs: number[] = [];
  for await (const { seq } of events) seqs.push(seq);
  return seqs;
}

function rangeOf(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
