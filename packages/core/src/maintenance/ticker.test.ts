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

test("a tick times a run out once its deadline has passed", async () => {
  const { engine } = setup();
  const id = await engine.start({ definition });
  await vi.advanceTimersByTimeAsync(INTERVAL_MS);
  expect((await engine.reader.run(id))?.closing).toBeUndefined();
  engine.advance(3_600_000);
  await vi.advanceTimersByTimeAsync(INTERVAL_MS);
  expect(await engine.reader.run(id)).toMatchObject({ closing: "timed_out" });
});

test("a tick sweeps a run whose retention is over", async () => {
  const { engine } = setup();
  const run = await engine.run({ a: { action: "core.noop" } });
  engine.advance(60_000);
  await vi.advanceTimersByTimeAsync(INTERVAL_MS);
  expect(engine.cell.state().runs).not.toHaveProperty(run.id);
});

test("a tick that fails is reported, and the next one comes all the same", async () => {
  const lost = new Error("the connection is lost");
  const { errors } = setup(() => Promise.reject(lost));
  await vi.advanceTimersByTimeAsync(2 * INTERVAL_MS);
  expect(errors).toEqual([lost, lost]);
});

test("after stop nothing ticks any more", async () => {
  const { engine, ticker } = setup();
  const id = await engine.start({ definition });
  await ticker.stop();
  engine.advance(3_600_000);
  await vi.advanceTimersByTimeAsync(10 * INTERVAL_MS);
  expect((await engine.reader.run(id))?.closing).toBeUndefined();
});
