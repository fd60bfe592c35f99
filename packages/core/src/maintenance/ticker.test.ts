import { definitionOf, memoryEngine } from "@batonrun/verify/memory";
import { expect, onTestFinished, test, vi } from "vitest";
import { startTicker } from "./ticker.js";

const INTERVAL_MS = 500;

function setup(fireTimers?: () => Promise<never>) {
  const engine = memoryEngine([], { retentionMs: 60_000 });
  const errors: unknown[] = [];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const transitions = fireTimers === undefined ? engine.transitions : { ...engine.transitions, fireTimers };
  const ticker = startTicker({ transitions, onError: (error) => errors.push(error) }, INTERVAL_MS);
  onTestFinished(async () => {
    await ticker.stop();
    vi.useRealTimers();
  });
  return { engine, errors, ticker };
}

const definition = definitionOf({ a: { action: "core.noop", queue: "nobody" } }, { timeout: "1h" });

test("a tick times out a run after its deadline", async () => {
  const { engine } = setup();
  const id = await engine.start({ definition });
  await vi.advanceTimersByTimeAsync(INTERVAL_MS);
  expect((await engine.reader.run(id))?.closing).toBeUndefined();
  engine.advance(3_600_000);
  await vi.advanceTimersByTimeAsync(INTERVAL_MS);
  expect(await engine.reader.run(id)).toMatchObject({ closing: "timed_out" });
});

test("a tick sweeps a run whose retention has expired", async () => {
  const { engine } = setup();
  const run = await engine.run({ a: { action: "core.noop" } });
  engine.advance(60_000);
  await vi.advanceTimersByTimeAsync(INTERVAL_MS);
  expect(engine.cell.state().runs).not.toHaveProperty(run.id);
});

test("a failed tick is reported, and the next one still runs", async () => {
  const lost = new Error("the connection is lost");
  const { errors } = setup(() => Promise.reject(lost));
  await vi.advanceTimersByTimeAsync(2 * INTERVAL_MS);
  expect(errors).toEqual([lost, lost]);
});

test("no tick runs after stop", async () => {
  const { engine, ticker } = setup();
  const id = await engine.start({ definition });
  await ticker.stop();
  engine.advance(3_600_000);
  await vi.advanceTimersByTimeAsync(10 * INTERVAL_MS);
  expect((await engine.reader.run(id))?.closing).toBeUndefined();
});
