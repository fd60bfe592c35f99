/**
 * A kind that only this file's table contains, so code that compiles, validates, runs, draws, or reads a step must ask
 * its kind. If a change here requires a change in another folder, the recipe "Add a step kind" in CONTRIBUTING is wrong.
 */
import { RunId } from "@batonrun/contract";
import { MemoryEngine } from "@batonrun/verify/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { createLanguage } from "../definition/language.js";
import { type DeepReadonly, LeafStep } from "../definition/step.js";
import { dotOf } from "../drawing/dot.js";
import { graphDrawing } from "../drawing/graph-drawing.js";
import { validateDefinition } from "../graph/checks/validate-definition.js";
import { readStep } from "../queries/read-steps.js";
import { kinds } from "./index.js";
import type { Kind, LeafKind } from "./kind.js";

const schema = () =>
  LeafStep.extend({ type: z.literal("repeat"), text: z.string().min(1), times: z.number().int().positive() });

type RepeatStep = DeepReadonly<z.output<ReturnType<typeof schema>>>;

/** Repeats a text. Fails like a broken connection if the text is empty. */
const repeat: LeafKind<RepeatStep> = {
  shape: "leaf",
  schema,
  nested: [],
  notYet: ["separator"],
  expressions: ({ text }) => [{ key: "text", when: "enter", form: "template", source: text }],
  notes: () => ({}),
  action: () => null,
  start: async ({ step, expressions, scope }) => {
    const text = expressions.get("text")?.evaluate(scope);
    if (typeof text !== "string" || text === "") {
      return { end: { kind: "failed", error: { type: "connection", message: "no text came", retryable: true } } };
    }
    return { end: { kind: "completed", value: text.repeat(step.times) } };
  },
};

const language = createLanguage<Kind>({ ...kinds, repeat });

const definition = {
  apiVersion: "baton/v1",
  name: "echoes",
  version: "1.0.0",
  steps: {
    first: { type: "repeat", text: "{{ input.word }}", times: 2 },
    each: {
      type: "map",
      over: ["x", "y"],
      step: { type: "repeat", text: "{{ item }}{{ first.result }}", times: 1, output: { text: "result" } },
    },
  },
};

test("a custom kind is validated by its schema, its expressions, and its unsupported keys", () => {
  expect(validateDefinition(definition, { language }).problems).toEqual([]);
  const steps = {
    few: { type: "repeat", text: "a", times: 0 },
    many: { type: "repeat", text: "{{ nobody.result }}", times: 1, separator: "," },
    all: { type: "repeat", text: "b" },
  };
  const { problems } = validateDefinition({ ...definition, steps }, { language });
  expect(problems.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
    "missing_key /steps/all/times",
    "bad_value /steps/few/times",
    "not_supported_yet /steps/many/separator",
    "unknown_step /steps/many/text",
  ]);
});

test("a custom kind is one node of the graph, with the dependencies from its expressions", () => {
  const { graph } = validateDefinition(definition, { language });
  expect([...(graph?.nodes.keys() ?? [])]).toEqual(["first", "each._enter", "each", "each.*"]);
  expect(graph?.nodes.get("first")).toMatchObject({ role: "step", dependents: ["each._enter"] });
  expect(graph?.nodes.get("each.*")?.inputs).toEqual({ steps: ["first"], input: false, item: "each" });
});

test("a custom kind runs on any worker, fails, is retried, and is read", async () => {
  const engine = new MemoryEngine({ language });
  engine.work([]);
  const done = await engine.ended(await engine.start({ definition, input: { word: "!" } }));
  expect(done).toMatchObject({
    status: "completed",
    output: { each: { results: [{ text: "x!!" }, { text: "y!!" }] } },
  });
  expect(done.steps[0]).toMatchObject({ id: "first", type: "repeat", result: "!!" });
  const read = await readStep(engine, { runId: RunId.parse(done.id), instance: "each.1" });
  expect(read).toMatchObject({ type: "repeat", status: "completed", result: { text: "y!!" } });

  const retry = { attempts: 2, delay: "1s" };
  const failing = { ...definition, steps: { first: { ...definition.steps.first, retry } } };
  const failed = await engine.ended(await engine.start({ definition: failing, input: { word: "" } }));
  expect(failed.steps[0]).toMatchObject({ status: "failed", attempts: 2, error: { type: "connection" } });
});

test("a custom kind is drawn under its name", () => {
  const { graph } = validateDefinition(definition, { language });
  if (graph === null) throw new Error("the definition has problems");
  const drawing = graphDrawing(graph);
  expect(drawing.nodes.map(({ id, type }) => `${id} ${type}`)).toEqual(["first repeat", "each map", "each.* repeat"]);
  expect(drawing.edges).toEqual([{ from: "first", to: "each" }]);
  expect(dotOf(drawing)).toContain('"first" [label="first (repeat)"];');
});
