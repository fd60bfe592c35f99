/** Answers that a newer server can give and this client must not break on. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BatonClient, createBatonClient } from "./client.js";
import { RUN_ID, runView, stepView } from "./testing/run-scripts.js";
import { type ScriptedServer, startScriptedServer } from "./testing/scripted-server.js";

let server: ScriptedServer;
let baton: BatonClient;

beforeEach(async () => {
  server = await startScriptedServer();
  baton = createBatonClient({ server: server.url, backoff: () => 0 });
});
afterEach(() => server.close());

describe("a run of a newer server", () => {
  test("keeps an unknown status and every known key of the run", async () => {
    const run = { ...runView(), status: "archived", steps: [] };
    server.on(`GET /v1/runs/${RUN_ID}`, { json: run });
    expect(await baton.runs.get(RUN_ID)).toEqual(run);
  });

  test("keeps steps with an unknown status, type, or skip reason", async () => {
    const steps = [
      { ...stepView("nap"), type: "wait", status: "dreaming" },
      { ...stepView("skip"), status: "skipped", reason: "budget_spent" },
    ];
    server.on(`GET /v1/runs/${RUN_ID}`, { json: { ...runView(), steps } });
    const run = await baton.runs.get(RUN_ID);
    expect(run.steps.map(({ type, status }) => [type, status])).toEqual([
      ["wait", "dreaming"],
      ["action", "skipped"],
    ]);
    expect(run.steps[1]).toMatchObject({ reason: "budget_spent" });
  });

  test("can be listed, cancelled, and drawn with unknown statuses", async () => {
    const { input: _input, steps: _steps, definitionHash: _hash, output: _output, ...summary } = runView();
    server.on("GET /v1/runs", { json: { items: [{ ...summary, status: "archived" }] } });
    expect((await baton.runs.list()).items[0]).toMatchObject({ status: "archived" });
    const links = { self: "", events: "", steps: "", graph: "", cancel: "" };
    const cancelled = { id: RUN_ID, status: "draining", closing: "superseded", links };
    server.on(`POST /v1/runs/${RUN_ID}/cancel`, { json: cancelled });
    expect(await baton.runs.cancel(RUN_ID)).toEqual(cancelled);
    const node = { id: "nap", label: "nap", type: "wait", parent: null, status: "dreaming" };
    const graph = { workflow: "hello", version: "1.0.0", nodes: [node], edges: [] };
    server.on(`GET /v1/runs/${RUN_ID}/graph`, { json: graph });
    expect(await baton.runs.graph(RUN_ID)).toEqual(graph);
  });

  test("can have unknown keys", async () => {
    server.on(`GET /v1/runs/${RUN_ID}`, { json: { ...runView(), mood: "calm" } });
    expect(await baton.runs.get(RUN_ID)).toEqual(runView());
  });
});

test("a problem of a definition can have an unknown code and severity", async () => {
  const problems = [{ pointer: "", severity: "hint", code: "long_winded", message: "say it shorter" }];
  server.on("POST /v1/workflows/validate", { json: { valid: true, problems, graph: null } });
  expect(await baton.workflows.validate({ text: "", format: "yaml" })).toMatchObject({ problems });
});
