import { definitionOf, heldAction, memoryEngine, noop, stepOf } from "@batonrun/verify/memory";
import { describe, expect, test } from "vitest";
import { newRunId } from "../run/new-run-id.js";
import { listRuns } from "./list-runs.js";
import { readRun } from "./read-run.js";

describe("a run is read", () => {
  test("with its input, output, times, and every declared step in order", async () => {
    const engine = memoryEngine();
    const run = await engine.run({ z: noop(1), a: noop(2, { needs: ["z"] }) }, { with: { n: 1 }, tags: ["t"] });
    expect(run).toMatchObject({
      workflow: "test",
      version: "1.0.0",
      status: "completed",
      tags: ["t"],
      input: { n: 1 },
      output: { a: { value: 2 } },
      createdAt: new Date(engine.clock.now()).toISOString(),
      durationMs: 0,
    });
    expect(run.steps.map(({ id, type, status }) => [id, type, status])).toEqual([
      ["z", "action", "completed"],
      ["a", "action", "completed"],
    ]);
  });

  test("while it runs, without fields that it does not have yet", async () => {
    const held = heldAction("test.hold");
    const engine = memoryEngine([held.action]);
    const id = await engine.start({
      definition: definitionOf({ a: { action: "test.hold" }, b: noop(1, { needs: ["a"] }) }),
    });
    await held.arrived();
    const run = await readRun(engine, id);
    expect(run.status).toBe("running");
    for (const key of ["output", "endedAt", "durationMs", "closing", "error"]) expect(run).not.toHaveProperty(key);
    expect([stepOf(run, "a").status, stepOf(run, "b").status]).toEqual(["running", "pending"]);
  });

  test("with large documents, which are stored separately", async () => {
    const text = "x".repeat(70_000);
    const run = await memoryEngine().run({ a: noop("{{ input.text }}") }, { with: { text } });
    expect(run).toMatchObject({ input: { text }, output: { a: { value: text } } });
  });

  test("only if it exists", async () => {
    const read = readRun(
      memoryEngine(),
      newRunId(1, () => 0.5),
    );
    await expect(read).rejects.toMatchObject({ code: "run_not_found" });
  });
});

test("runs are listed newest first, by all filters, in pages", async () => {
  const engine = memoryEngine();
  const ids: string[] = [];
  for (const tag of ["x", "y", "x", "x"]) ids.push((await engine.run({ a: noop(1) }, { tags: [tag] })).id);
  await engine.run({ a: { action: "core.fail" } }, { tags: ["x"] });
  const query = { status: "completed" as const, tag: "x", workflow: "test", limit: 2 };
  const first = await listRuns(engine, query);
  const second = await listRuns(engine, { ...query, cursor: first.nextCursor ?? "" });
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([ids[3], ids[2], ids[0]]);
  expect(second.nextCursor).toBeUndefined();
});
