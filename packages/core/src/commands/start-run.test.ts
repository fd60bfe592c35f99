import { BatonError } from "@batonrun/contract";
import { definitionOf, memoryEngine } from "@batonrun/verify/memory";
import { describe, expect, test } from "vitest";
import { registerWorkflow } from "./register-workflow.js";
import { startRun, startRuns } from "./start-run.js";

const steps = { a: { action: "core.noop", with: {} } };
const definition = definitionOf(steps);
const yaml = (version: string) => ({
  body: `apiVersion: baton/v1\nname: demo\nversion: ${version}\nsteps:\n  a: { action: core.noop }\n`,
  format: "yaml" as const,
});

async function setup() {
  const engine = memoryEngine();
  for (const version of ["1.0.0", "1.10.0", "1.9.0"]) await registerWorkflow(engine, yaml(version));
  return engine;
}

describe("a run is started", () => {
  test("from the newest version, or from the requested one", async () => {
    const engine = await setup();
    const newest = await engine.reader.run(await engine.start({ workflow: "demo" }));
    expect(newest).toMatchObject({ workflow: "demo", version: "1.10.0", status: "running" });
    const named = await engine.reader.run(await engine.start({ workflow: "demo@1.0.0" }));
    expect(named?.version).toBe("1.0.0");
  });

  test("with its input, tags, priority, and actor", async () => {
    const engine = memoryEngine();
    const request = { definition, input: { n: 1 }, tags: ["a", "b", "a"], priority: 7, actor: "ann" };
    const id = await engine.start({ ...request, definition: definitionOf(steps, { tags: ["b", "own"] }) });
    expect(await engine.reader.run(id)).toMatchObject({ tags: ["b", "own", "a"], priority: 7 });
    expect(await engine.reader.document(id, "_input")).toBe('{"n":1}');
    expect((await engine.events(id))[0]).toMatchObject({ type: "run_started", actor: "ann" });
    expect(engine.metrics.total("runStarted test")).toBe(1);
  });

  test("with the defaults from its input schema", async () => {
    const engine = memoryEngine();
    const input = { type: "object", properties: { n: { type: "number", default: 3 } } };
    const id = await engine.start({ definition: definitionOf(steps, { input }), input: {} });
    expect(await engine.reader.document(id, "_input")).toBe('{"n":3}');
  });

  test("later if it is delayed", async () => {
    const engine = memoryEngine();
    const id = await engine.start({ definition, delayMs: 5_000 });
    expect(await engine.eventTypes(id)).toEqual(["run_scheduled"]);
    await engine.passTime(4_999);
    expect(await engine.reader.run(id)).toMatchObject({ status: "initializing" });
    await engine.passTime(1);
    expect((await engine.ended(id)).status).toBe("completed");
  });
});

describe("a run is rejected", () => {
  test.each([
    ["neither a workflow nor a definition", {}, "request_invalid"],
    ["both a workflow and a definition", { workflow: "demo", definition }, "request_invalid"],
    ["an unknown workflow", { workflow: "nobody" }, "workflow_not_found"],
    ["an unknown version", { workflow: "demo@9.9.9" }, "version_not_found"],
    ["a definition with problems", { definition: definitionOf({}) }, "definition_invalid"],
    [
      "an input that does not match",
      { definition: definitionOf(steps, { input: { type: "object", required: ["n"] } }), input: {} },
      "input_invalid",
    ],
    ["11 tags", { definition, tags: Array.from({ length: 11 }, (_, n) => `t${n}`) }, "request_invalid"],
  ])("with %s", async (_title, request, code) => {
    const engine = await setup();
    await expect(engine.start(request)).rejects.toMatchObject({ code });
    expect(Object.keys(engine.cell.state().runs)).toEqual([]);
    expect(engine.metrics.total("runStarted test")).toBe(0);
  });

  test("with a pointer to the error in its input", async () => {
    const input = { type: "object", properties: { n: { type: "number" } } };
    const refused = memoryEngine().start({ definition: definitionOf(steps, { input }), input: { n: "x" } });
    await expect(refused).rejects.toMatchObject({ errors: [{ pointer: "/input/n" }] });
  });
});

describe("an idempotency key", () => {
  test("returns its existing run, without starting or counting another", async () => {
    const engine = memoryEngine();
    const request = { definition, input: { a: 1, b: 2 }, idempotencyKey: "k" };
    const first = await startRun(engine.starting, request);
    const again = await startRun(engine.starting, { ...request, input: { b: 2, a: 1 }, actor: "another" });
    expect([first, again]).toEqual([
      { id: first.id, replayed: false },
      { id: first.id, replayed: true },
    ]);
    expect(engine.metrics.total("runStarted test")).toBe(1);
  });

  test.each([
    ["input", { input: { a: 2 } }],
    ["tags", { tags: ["x"] }],
    ["priority", { priority: 1 }],
    ["delay", { delayMs: 1 }],
    ["definition", { definition: definitionOf(steps, { version: "2.0.0" }) }],
  ])("with a different %s is a conflict", async (_title, change) => {
    const engine = memoryEngine();
    const request = { definition, input: { a: 1 }, idempotencyKey: "k" };
    const first = await engine.start(request);
    await expect(engine.start({ ...request, ...change })).rejects.toMatchObject({
      code: "idempotency_conflict",
      details: { run: first },
    });
  });
});

test("a batch starts or rejects each run separately", async () => {
  const engine = memoryEngine();
  const [first, second, third] = await startRuns(engine.starting, [{ definition }, {}, { definition }]);
  expect(first).toMatchObject({ replayed: false });
  expect(second).toBeInstanceOf(BatonError);
  expect(third).toMatchObject({ replayed: false });
});

test("an ad hoc definition is deleted with the last run that uses it", async () => {
  const engine = memoryEngine([], { retentionMs: 1_000 });
  const [one, other] = [await engine.start({ definition }), await engine.start({ definition })];
  const run = await engine.ended(one);
  await engine.ended(other);
  const stored = () => engine.cell.state().definitions.stored;
  expect(stored()).toEqual([run.definitionHash]);
  await engine.passTime(1_000);
  expect(stored()).toEqual([]);
  expect(await engine.reader.run(one)).toBeNull();
  expect((await engine.ended(await engine.start({ definition }))).status).toBe("completed");
});
