import { expect, test } from "vitest";
import { echo, fail, heldAction } from "./actions.js";
import { definitionOf } from "./definition.js";
import { MemoryEngine } from "./memory-engine.js";

test("a run goes from its start to its end", async () => {
  const engine = new MemoryEngine();
  engine.work([echo]);
  const run = await engine.run({
    a: { action: "core.noop", with: { n: 1 } },
    b: { type: "map", over: [1, 2, 3], step: { action: "core.noop", with: { v: "{{ item + a.result.n }}" } } },
  });
  expect(run).toMatchObject({ status: "completed", output: { b: { results: [{ v: 2 }, { v: 3 }, { v: 4 }] } } });
});

test("time moves to the next attempt when nothing else is left to do (ME2)", async () => {
  const engine = new MemoryEngine();
  engine.work([fail]);
  const begin = engine.clock.now();
  const retry = { attempts: 3, delay: "1h", maxDelay: "1h", backoff: "fixed", jitter: 0 };
  const run = await engine.run({ a: { action: "core.fail", with: { times: 2 }, retry } });
  expect(run.status).toBe("completed");
  expect(engine.clock.now() - begin).toBeGreaterThanOrEqual(7_200_000);
});

test("a job that waits for its action does not hold up others (ME1)", async () => {
  const engine = new MemoryEngine();
  const held = heldAction("test.hold");
  engine.work([echo, held.action]);
  const waiting = await engine.start({ definition: definitionOf({ a: { action: "test.hold" } }) });
  await held.arrived();
  expect((await engine.run({ a: { action: "core.noop" } })).status).toBe("completed");
  held.release();
  expect((await engine.ended(waiting)).status).toBe("completed");
});

test("after a crash the step is claimed once more", async () => {
  const engine = new MemoryEngine();
  const held = heldAction("test.hold");
  engine.work([held.action]);
  const id = await engine.start({ definition: definitionOf({ a: { action: "test.hold" } }) });
  await held.arrived();
  await engine.crash();
  expect(await engine.eventTypes(id)).toEqual(["run_started", "step_started a", "step_crashed a", "step_started a"]);
});
