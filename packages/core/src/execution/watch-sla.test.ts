import { definitionOf, heldAction, memoryEngine } from "@batonrun/verify/memory";
import { expect, onTestFinished, test, vi } from "vitest";

const step = (more: object = {}) => ({ action: "test.hold", sla: { duration: "30s" }, timeout: "1h", ...more });

async function setup(definition: object = {}, monotonicMs?: () => number) {
  const held = heldAction("test.hold");
  const engine = memoryEngine([held.action], { ...(monotonicMs !== undefined && { monotonicMs }) });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const id = await engine.start({ definition: definitionOf({ a: step(definition) }) });
  await held.arrived();
  const breaches = async () => (await engine.events(id)).filter(({ type }) => type === "step_sla_breached");
  return { engine, held, id, breaches };
}

test("an sla breach is recorded once, while the step continues", async () => {
  const { engine, held, id, breaches } = await setup();
  await vi.advanceTimersByTimeAsync(29_999);
  expect(await breaches()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await breaches()).toMatchObject([{ step: "a", attempt: 1, data: { slaMs: 30_000 } }]);
  await vi.advanceTimersByTimeAsync(60_000);
  held.release();
  expect((await engine.ended(id)).status).toBe("completed");
  expect(await breaches()).toHaveLength(1);
  expect(engine.metrics.total("slaBreached test action")).toBe(1);
});

test("a step that ends in time records no breach", async () => {
  const { engine, held, id, breaches } = await setup();
  held.release();
  await engine.ended(id);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await breaches()).toEqual([]);
});

test("a step that blocked the event loop records its breach when it ends, before its outcome", async () => {
  let ms = 0;
  const { engine, held, id } = await setup({}, () => ms);
  ms = 30_000;
  held.release();
  await engine.ended(id);
  const types = await engine.eventTypes(id);
  expect(types.indexOf("step_sla_breached a")).toBe(types.indexOf("step_completed a") - 1);
});

test("the sla is measured from the first attempt", async () => {
  const { engine, held, id, breaches } = await setup({
    sla: { duration: "20s" },
    timeout: "10s",
    retry: { attempts: 2, delay: "15s", maxDelay: "15s", jitter: 0 },
  });
  await vi.advanceTimersByTimeAsync(10_000);
  await engine.settled();
  await engine.passTime(15_000);
  await expect.poll(() => held.state.calls).toBe(2);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await breaches()).toMatchObject([{ attempt: 2 }]);
  held.release();
  held.release();
  await engine.ended(id);
});
