import { memoryEngine, noop, stepOf } from "@batonrun/verify/memory";
import { describe, expect, test } from "vitest";

const route = {
  type: "conditional",
  cases: [
    { if: "input < 5", steps: { small: noop("s") } },
    { if: "input < 10", steps: { one: noop("m"), two: noop("{{ one.result.value + '!' }}") } },
  ],
  else: { steps: { large: noop("l") } },
};

describe("a conditional", () => {
  test.each([
    [1, { case: 0, results: { small: { value: "s" } } }, ["route.0.small"]],
    [7, { case: 1, results: { one: { value: "m" }, two: { value: "m!" } } }, ["route.1.one", "route.1.two"]],
    [20, { case: "else", results: { large: { value: "l" } } }, ["route.else.large"]],
  ])("runs the first case whose condition is true: %d", async (input, result, taken) => {
    const run = await memoryEngine().run({ route }, { with: input });
    expect(stepOf(run, "route")).toMatchObject({ status: "completed", result });
    for (const { id, ...step } of run.steps.filter(({ id }) => id !== "route")) {
      const expected = taken.includes(id) ? { status: "completed" } : { status: "skipped", reason: "case_not_taken" };
      expect([id, step]).toMatchObject([id, expected]);
    }
  });

  test("without a matching case completes with none", async () => {
    const { else: _else, ...withoutElse } = route;
    const run = await memoryEngine().run({ route: withoutElse }, { with: 20 });
    expect(stepOf(run, "route")).toMatchObject({ status: "completed", result: { case: null, results: {} } });
  });

  test("fails if a step of the case fails, and reports how many did", async () => {
    const cases = [{ if: "true", steps: { bad: { action: "core.fail" }, good: noop(1) } }];
    const run = await memoryEngine().run({ route: { type: "conditional", cases } });
    expect(stepOf(run, "route")).toMatchObject({
      status: "failed",
      error: { type: "action", message: "1 of 2 steps of the case failed", retryable: false },
    });
  });

  test("tolerates a failure with onError continue", async () => {
    const cases = [{ if: "true", steps: { bad: { action: "core.fail", onError: "continue" } } }];
    const run = await memoryEngine().run({ route: { type: "conditional", cases } });
    expect(stepOf(run, "route").status).toBe("completed");
  });

  test("fails if a condition cannot be evaluated", async () => {
    const cases = [{ if: "input.none.deeper", steps: { a: noop(1) } }];
    const run = await memoryEngine().run({ route: { type: "conditional", cases } });
    expect(stepOf(run, "route")).toMatchObject({ status: "failed", error: { type: "validation" } });
  });

  test("records up to 199 steps of the other cases as skipped at its enter, and shows all of them as skipped", async () => {
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, n) => [`s${n}`, noop(n)]));
    const engine = memoryEngine();
    const run = await engine.run({
      route: { type: "conditional", cases: [{ if: "false", steps: many }], else: { steps: { taken: noop(1) } } },
    });
    const skipped = run.steps.filter(({ status }) => status === "skipped");
    expect(skipped).toHaveLength(250);
    const recorded = (await engine.events(run.id)).filter(({ type }) => type === "step_skipped");
    expect(recorded).toHaveLength(199);
  });
});
