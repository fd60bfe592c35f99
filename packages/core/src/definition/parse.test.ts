import { describe, expect, test } from "vitest";
import { kinds } from "../kinds/index.js";
import { parseDefinition } from "../kinds/language.js";
import { defaults } from "./defaults.js";
import { notYetKinds, notYetStepKeys, notYetTopKeys } from "./not-yet.js";
import { retryPolicy } from "./retry-policy.js";

const action = { action: "core.noop" };

const bodies: Readonly<Record<string, object>> = {
  action,
  parallel: { type: "parallel", steps: { inner: action } },
  map: { type: "map", over: "input.xs", step: action },
  conditional: { type: "conditional", cases: [{ if: "true", steps: { inner: action } }] },
};

function workflow(steps: object = { a: action }, more: object = {}): object {
  return { apiVersion: "baton/v1", name: "w", version: "1.0.0", steps, ...more };
}

function problemsOf(source: unknown): readonly string[] {
  return parseDefinition(source).problems.map(({ code, pointer }) => `${code} ${pointer}`);
}

describe("a definition", () => {
  test("is normalized: every default is written out", () => {
    const { definition, problems } = parseDefinition(workflow({ a: action, m: bodies["map"] }));
    expect(problems).toEqual([]);
    expect(definition).toMatchObject({ tags: [], compliance: [], vars: {}, timeout: "1h", maxParallel: 10 });
    expect(definition?.steps["a"]).toEqual({
      type: "action",
      action: "core.noop",
      with: {},
      needs: [],
      priority: 0,
      onError: "fail",
      effects: "external",
      timeout: "5m",
      tags: [],
    });
    expect(definition?.steps["m"]).toMatchObject({ minSuccess: 1, step: { timeout: "5m" } });
  });

  test("is unchanged when normalized again", () => {
    const { definition } = parseDefinition(workflow(bodies));
    expect(parseDefinition(JSON.parse(JSON.stringify(definition))).definition).toEqual(definition);
  });

  test("keeps its steps in declaration order", () => {
    const { definition } = parseDefinition(
      "apiVersion: baton/v1\nname: w\nversion: 1.0.0\nsteps:\n  z: {action: a}\n  b: {action: a}\n",
    );
    expect(Object.keys(definition?.steps ?? {})).toEqual(["z", "b"]);
  });

  test("is the same from YAML, from JSON, and from a value", () => {
    const value = workflow(bodies);
    const json = JSON.stringify(value, null, "\t");
    const { definition } = parseDefinition(value);
    expect(definition).not.toBeNull();
    for (const format of ["json", "yaml", "auto"] as const) {
      const tabless = format === "yaml" ? JSON.stringify(value, null, 2) : json;
      expect(parseDefinition(tabless, { format })).toEqual({ definition, problems: [] });
    }
  });

  test("accepts a condition that YAML reads as a boolean", () => {
    const { definition } = parseDefinition(
      "{apiVersion: baton/v1, name: w, version: 1.0.0, steps: {a: {action: x, if: false}}}",
    );
    expect(definition?.steps["a"]?.if).toBe("false");
  });
});

describe("what is not supported yet is rejected with a clear problem", () => {
  test.each(notYetTopKeys)("%s at the top", (key) => {
    expect(problemsOf(workflow(undefined, { [key]: {} }))).toEqual([`not_supported_yet /${key}`]);
  });

  test.each(notYetKinds)("steps of type %s", (type) => {
    const { problems } = parseDefinition(workflow({ a: { type, steps: {} } }));
    expect(problems).toMatchObject([{ code: "not_supported_yet", pointer: "/steps/a/type" }]);
    expect(problems[0]?.message).toContain("not supported yet");
  });

  const everywhere = Object.keys(bodies).flatMap((kind) => notYetStepKeys.map((key) => [kind, key] as const));
  const ofKinds = Object.entries(kinds).flatMap(([kind, { notYet }]) => notYet.map((key) => [kind, key] as const));

  test.each([...everywhere, ...ofKinds])("on %s: %s", (kind, key) => {
    const step = { ...bodies[kind], [key]: {} };
    expect(problemsOf(workflow({ a: step }))).toEqual([`not_supported_yet /steps/a/${key}`]);
    expect(problemsOf(workflow({ m: { type: "map", over: "input.xs", step } }))).toEqual([
      `not_supported_yet /steps/m/step/${key}`,
    ]);
    const cases = [{ if: "true", steps: { a: step } }];
    expect(problemsOf(workflow({ c: { type: "conditional", cases } }))).toEqual([
      `not_supported_yet /steps/c/cases/0/steps/a/${key}`,
    ]);
  });
});

describe("unknown and invalid keys", () => {
  test.each([
    [workflow(undefined, { timeot: "5m" }), "unknown_key /timeot", 'Did you mean "timeout"?'],
    [workflow({ a: { ...action, wiht: 1 } }), "unknown_key /steps/a/wiht", 'Did you mean "with"?'],
    [workflow({ a: { ...action, retry: { atempts: 1 } } }), "unknown_key /steps/a/retry/atempts", '"attempts"'],
    [
      workflow({ a: { type: "conditional", cases: [{ if: "true", steps: { b: action }, whn: 1 }] } }),
      "unknown_key /steps/a/cases/0/whn",
      "no key",
    ],
    [
      workflow({ a: { ...bodies["conditional"], else: { steps: { b: action }, step: 1 } } }),
      "unknown_key /steps/a/else/step",
      '"steps"',
    ],
    [workflow({ a: { type: "paralel", steps: {} } }), "unknown_kind /steps/a/type", 'Did you mean "parallel"?'],
    [workflow({ a: { type: 7 } }), "unknown_kind /steps/a/type", "Valid types are action, parallel, map, conditional"],
    [workflow({ a: {} }), "missing_key /steps/a/action", "a step without `type` is an action"],
    [workflow({ a: { type: "map", step: action } }), "missing_key /steps/a/over", 'needs "over"'],
    [workflow({ a: { type: "map", over: "input.xs" } }), "bad_value /steps/a", "either `step` or `steps`"],
    [
      workflow({ a: { type: "map", over: "x", step: action, steps: { b: action } } }),
      "bad_value /steps/a",
      "either `step` or `steps`",
    ],
    [
      workflow({ a: { type: "map", over: "x", step: { type: "map", over: "x" } } }),
      "bad_value /steps/a/step",
      "either `step` or `steps`",
    ],
    [workflow({ a: { type: "parallel", steps: {} } }), "bad_value /steps/a/steps", "at least one step"],
    [workflow({}), "bad_value /steps", "at least one step"],
    [workflow({ A: action }), "bad_step_id /steps/A", "lowercase"],
    [workflow({ "a-b": action }), "bad_step_id /steps/a-b", "underscores"],
    [workflow({ [`a${"b".repeat(64)}`]: action }), `bad_step_id /steps/a${"b".repeat(64)}`, "at most 64"],
    [workflow(undefined, { vars: { "a-b": 1 } }), "bad_value /vars/a-b", "valid CEL identifier"],
    [workflow(undefined, { name: "W" }), "bad_value /name", "lowercase"],
    [workflow(undefined, { version: "1.0" }), "bad_value /version", "semver"],
    [workflow(undefined, { version: 1 }), "bad_value /version", "expected string"],
    [workflow(undefined, { apiVersion: "baton/v2" }), "bad_value /apiVersion", "baton/v1"],
    [workflow(undefined, { timeout: "5 min" }), "bad_duration /timeout", "500ms, 30s, 5m"],
    [workflow(undefined, { timeout: 5 }), "bad_value /timeout", "expected string"],
    [workflow({ a: { ...action, retry: { delay: "0s" } } }), "bad_duration /steps/a/retry/delay", "duration"],
    [workflow({ a: { ...action, priority: 101 } }), "bad_value /steps/a/priority", "100"],
    [workflow({ a: { ...action, if: 1 } }), "bad_value /steps/a/if", "CEL"],
    [workflow({ a: { ...action, onError: "ignore" } }), "bad_value /steps/a/onError", "continue"],
    [workflow({ a: { ...action, action: "Text Extract" } }), "bad_value /steps/a/action", "action name"],
    [workflow({ a: 7 }), "bad_value /steps/a", "expected object"],
    [workflow({ a: { steps: { b: action }, action: "x" } }), "unknown_key /steps/a/steps", "type: parallel"],
    [workflow({ a: { over: "x", action: "x" } }), "unknown_key /steps/a/over", "type: map"],
    [workflow({ a: { cases: [], action: "x" } }), "unknown_key /steps/a/cases", "type: conditional"],
    [[], "bad_value ", "expected object"],
    [null, "syntax ", "empty"],
    ["", "syntax ", "empty"],
    ["# nothing", "syntax ", "empty"],
    ["text", "bad_value ", "expected object"],
    [undefined, "syntax ", "empty"],
  ])("%j is the problem %s", (source, problem, words) => {
    const { definition, problems } = parseDefinition(source);
    expect(definition).toBeNull();
    expect(problems.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([problem]);
    expect(problems[0]?.message).toContain(words);
  });

  test("all problems are reported at once", () => {
    const source = workflow({ a: { ...action, x: 1, y: 2, timeout: "1" }, B: {}, c: {} }, { name: 1, sla: 2, zz: 3 });
    expect(problemsOf(source)).toEqual([
      "bad_value /name",
      "not_supported_yet /sla",
      "bad_duration /steps/a/timeout",
      "unknown_key /steps/a/x",
      "unknown_key /steps/a/y",
      "bad_step_id /steps/B",
      "missing_key /steps/c/action",
      "unknown_key /zz",
    ]);
  });
});

describe("retry", () => {
  const policy = (top: object, own: object) => {
    const { definition } = parseDefinition(workflow({ a: { ...action, ...own } }, top));
    const step = definition?.steps["a"];
    if (definition === null || step?.type !== "action") throw new Error("not a definition");
    return retryPolicy(definition, step);
  };

  test("is one attempt by default", () => {
    expect(policy({}, {})).toEqual({ ...defaults.retry, attempts: 1 });
  });

  test("fills in missing keys with defaults", () => {
    expect(policy({}, { retry: {} })).toEqual(defaults.retry);
    expect(policy({ retry: { attempts: 5 } }, {})).toEqual({ ...defaults.retry, attempts: 5 });
  });

  test("of a step overrides that of the workflow key by key", () => {
    const retry = { attempts: 2, except: ["validation"] };
    expect(policy({ retry: { attempts: 5, backoff: "fixed" } }, { retry })).toEqual({
      ...defaults.retry,
      ...retry,
      backoff: "fixed",
    });
  });
});
