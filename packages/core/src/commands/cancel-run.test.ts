import { RunId } from "@batonrun/contract";
import { definitionOf, heldAction, memoryEngine } from "@batonrun/verify/memory";
import { expect, test } from "vitest";
import { newRunId } from "../run/new-run-id.js";
import { cancelRun } from "./cancel-run.js";

async function setup() {
  const held = heldAction("test.hold");
  const engine = memoryEngine([held.action]);
  const id = await engine.start({ definition: definitionOf({ a: { action: "test.hold" } }) });
  await held.arrived();
  return { engine, id };
}

test("a cancelled run records the actor and the reason, and then ends", async () => {
  const { engine, id } = await setup();
  expect(await cancelRun(engine, { id, actor: "ann", reason: "wrong file" })).toEqual({
    status: "running",
    closing: "cancelled",
  });
  expect((await engine.events(id)).find(({ type }) => type === "run_closing")).toMatchObject({
    actor: "ann",
    data: { closing: "cancelled", reason: "wrong file" },
  });
  expect((await engine.ended(id)).status).toBe("cancelled");
});

test("the first reason wins", async () => {
  const { engine, id } = await setup();
  await engine.transitions.closeRun(id, "timed_out", {});
  expect(await cancelRun(engine, { id })).toMatchObject({ closing: "timed_out" });
  expect((await engine.eventTypes(id)).filter((type) => type === "run_closing")).toHaveLength(1);
});

test("an ended run is rejected with its status", async () => {
  const engine = memoryEngine();
  const { id } = await engine.run({ a: { action: "core.noop" } });
  await expect(cancelRun(engine, { id: RunId.parse(id) })).rejects.toMatchObject({
    code: "run_ended",
    details: { status: "completed" },
  });
});

test("an unknown run is rejected", async () => {
  await expect(cancelRun(memoryEngine(), { id: newRunId(1, () => 0.5) })).rejects.toMatchObject({
    code: "run_not_found",
  });
});
