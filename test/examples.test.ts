import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunEvent, type RunView, validateDefinition } from "@batonrun/core";
import { TestEngine } from "@batonrun/verify";
import { builtInActions } from "@batonrun/worker";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "examples");
const examples = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const actions = builtInActions({ roots: [root], allowPrivate: [] });

/** What examples/README.md says of an `expected.json`. */
const Expectation = z.strictObject({
  status: z.string(),
  steps: z.record(z.string(), z.string()),
  order: z.array(z.tuple([z.string(), z.string()])).optional(),
  results: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  output: z.union([z.strictObject({ equals: z.unknown() }), z.strictObject({ contains: z.array(z.string()).min(1) })]),
});
type Expectation = z.infer<typeof Expectation>;
const Expected = Expectation.extend({
  inputs: z.record(z.string(), Expectation.partial()).default({}),
});

function read(example: string, file: string): string {
  return readFileSync(join(folder, example, file), "utf8");
}

function expectedOf(example: string): z.infer<typeof Expected> {
  return Expected.parse(JSON.parse(read(example, "expected.json")));
}

function inputsOf(example: string): readonly string[] {
  return readdirSync(join(folder, example)).filter((file) => /^input.*\.json$/.test(file));
}

test("there are examples, and the page of examples links each of them and no other", () => {
  const page = readFileSync(join(folder, "README.md"), "utf8");
  const linked = [...page.matchAll(/^\| \[[^\]]+\]\(([^)]+)\)/gm)].map((match) => match[1]);
  expect(examples.length).toBeGreaterThan(2);
  expect(linked.toSorted()).toEqual(examples.map(({ name }) => name).toSorted());
});

test.each(examples.map(({ name }) => name))(
  "%s has a workflow, an input, a README and an expectation of each input",
  (name) => {
    const files = readdirSync(join(folder, name));
    expect(files).toEqual(expect.arrayContaining(["README.md", "expected.json", "input.json", "workflow.yaml"]));
    const further = inputsOf(name).filter((file) => file !== "input.json");
    expect(Object.keys(expectedOf(name).inputs).toSorted()).toEqual(further.toSorted());
  },
);

test.each(examples.map(({ name }) => name))(
  "%s is a workflow of that name without a problem, warnings included",
  (name) => {
    const announced = actions.map((action) => ({
      name: action.name,
      ...(action.input === undefined ? {} : { input: z.toJSONSchema(action.input, { io: "input" }) }),
    }));
    const { definition, problems } = validateDefinition(read(name, "workflow.yaml"), {
      format: "yaml",
      actions: announced,
    });
    expect(problems).toEqual([]);
    expect(definition?.name).toBe(name);
  },
);

test.each(examples.flatMap(({ name }) => inputsOf(name).map((input) => [name, input] as const)))(
  "%s with %s ends as its expected.json says",
  async (name, input) => {
    const { inputs, ...usual } = expectedOf(name);
    const engine = new TestEngine();
    onTestFinished(() => engine.close());
    await engine.work(actions);
    const { definition } = validateDefinition(read(name, "workflow.yaml"), { format: "yaml" });
    const id = await engine.start({ definition, input: JSON.parse(read(name, input)) });
    const run = await engine.ended(id, 60_000);
    const events = await engine.reader.events(id, 0, 1_000);
    compare({ run, events }, Expectation.parse({ ...usual, ...inputs[input] }));
  },
  90_000,
);

function compare(
  { run, events }: { readonly run: RunView; readonly events: readonly RunEvent[] },
  expected: Expectation,
): void {
  const steps = new Map(run.steps.map((step) => [step.id, step]));
  const statuses = Object.keys(expected.steps).map((id) => [id, steps.get(id)?.status]);
  expect({ status: run.status, steps: Object.fromEntries(statuses) }).toEqual({
    status: expected.status,
    steps: expected.steps,
  });
  for (const [first, second] of expected.order ?? []) {
    const completed = seqOf(events, { type: "step_completed", step: first });
    const started = seqOf(events, { type: "step_started", step: second });
    expect(completed, `${first} completes before ${second} starts`).toBeLessThan(started);
  }
  for (const [id, result] of Object.entries(expected.results ?? {}))
    expect(steps.get(id)?.result).toMatchObject(result);
  if ("equals" in expected.output) expect(run.output).toEqual(expected.output.equals);
  else for (const text of expected.output.contains) expect(textOf(run.output)).toContain(text);
}

/** NaN, which is less than nothing, where there is no such event. */
function seqOf(events: readonly RunEvent[], wanted: { readonly type: string; readonly step: string }): number {
  const found = events.find((event) => event.type === wanted.type && event.step === wanted.step);
  return found?.seq ?? Number.NaN;
}

function textOf(output: unknown): string {
  if (typeof output === "string") return output;
  return z.object({ markdown: z.string() }).parse(output).markdown;
}
