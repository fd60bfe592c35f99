import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newRunId } from "../ids.js";
import { echo, heldAction } from "../testing/actions.js";
import { definitionOf, TestEngine } from "../testing/engine.js";
import type { RunEvent } from "../run/event.js";
import { readEvents } from "./read-events.js";
import { waitForRun } from "./wait-for-run.js";
import { watchRun } from "./watch-run.js";

const held = heldAction("test.held");
let engine: TestEngine;

beforeAll(async () => {
  engine = new TestEngine();
  await engine.work([echo, held.action]);
});
afterAll(() => engine.close());

const never = (): AbortSignal => new AbortController().signal;

async function startHeld() {
  const runId = await engine.start({ definition: definitionOf({ a: { action: "core.noop" }, b: { action: "test.held", needs: ["a"] } }), input: {} });
  await held.arrived();
  return runId;
}

describe("a watch", () => {
  test("gives every event in order, those before it and those to come, and ends with the run", async () => {
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

  test("goes on behind a seq, and ends at once behind the last", async () => {
    const run = await engine.run({ a: { action: "core.noop" } });
    const { runId, seqs } = { runId: run.id, seqs: [] as number[] };
    const id = (await engine.reader.list({ limit: 100 })).items.find((item) => item.id === runId)?.id;
    expect(id).toBe(run.id);
    const record = await engine.reader.run(newRunIdOf(run.id));
    for await (const { seq } of watchRun(engine, { runId: newRunIdOf(run.id), afterSeq: 2, signal: never() })) seqs.push(seq);
    expect(seqs[0]).toBe(3);
    expect(seqs.at(-1)).toBe(record?.seq);
    const rest = watchRun(engine, { runId: newRunIdOf(run.id), afterSeq: record?.seq ?? 0, signal: never() });
    expect((await rest.next()).done).toBe(true);
  });
});
