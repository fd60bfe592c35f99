import type { Problem } from "@batonrun/contract";
import { describe, expect, test } from "vitest";
import { parseDefinition } from "../../kinds/language.js";

function told(text: string, options: Parameters<typeof parseDefinition>[1] = {}): readonly string[] {
  const { definition, problems } = parseDefinition(text, options);
  expect(definition).toBeNull();
  return problems.map(({ line, column, code, pointer }: Problem) => `${line}:${column} ${code} ${pointer}`);
}

const head = "apiVersion: baton/v1\nname: w\nversion: 1.0.0\n";

describe("line and column", () => {
  test("point to the value, or to the key if the key is wrong", () => {
    const text = `${head}timeot: 5m\nsteps:\n  a:\n    action: x\n    timeout: 5 min\n    extra: 1\n  b: {}\n`;
    expect(told(text)).toEqual([
      "4:1 unknown_key /timeot",
      "8:14 bad_duration /steps/a/timeout",
      "9:5 unknown_key /steps/a/extra",
      "10:3 missing_key /steps/b/action",
    ]);
  });

  test("are known for JSON too", () => {
    const text =
      '{\n\t"apiVersion": "baton/v1",\n\t"name": "W",\n\t"version": "1.0.0",\n\t"steps": {"a": {"action": "x", "z": 1}}\n}';
    expect(told(text, { format: "json" })).toEqual(["3:10 bad_value /name", "5:33 unknown_key /steps/a/z"]);
  });

  test("follow aliases", () => {
    const text = `${head}retry: &r { attempts: 0 }\nsteps:\n  a: { action: x, retry: *r }\n`;
    expect(told(text)).toEqual(["4:23 bad_value /retry/attempts", "4:23 bad_value /steps/a/retry/attempts"]);
  });
});

describe("invalid text", () => {
  test.each([
    ["a: [1", "yaml", "1:6 syntax "],
    ["a: b: c", "yaml", "1:4 syntax "],
    ["\tsteps: 1", "yaml", "1:1 syntax "],
    ["a: !!js/function x", "yaml", "1:4 syntax "],
    ["a: !custom x", "yaml", "1:4 syntax "],
    ["--- 1\n--- 2\n", "yaml", "2:1 syntax "],
    ["a: *nobody", "yaml", "1:1 syntax "],
    ['{"a": 1,}', "json", "1:9 syntax "],
    ["{'a': 1}", "json", "1:2 syntax "],
    ["a: 1", "json", "1:1 syntax "],
    ['{"a"', "json", "1:5 syntax "],
    ['{"a": [1, 2, x]}', "json", "1:14 syntax "],
    ['{\n"a": tru }', "json", "2:9 syntax "],
  ] as const)("%j as %s", (text, format, problem) => {
    expect(told(text, { format })).toEqual([problem]);
  });
});

describe("keys", () => {
  test("that occur twice are reported at the second occurrence", () => {
    expect(told(`${head}steps:\n  a: { action: x }\n  a: { action: y }\n`)).toEqual(["6:3 duplicate_key /steps/a"]);
    const json = '{"apiVersion":"baton/v1","name":"w","name":"w","version":"1.0.0","steps":{"a":{"action":"x"}}}';
    expect(told(json)).toEqual(["1:37 duplicate_key /name"]);
  });

  test.each(["__proto__", "constructor", "prototype"])("named %s are rejected everywhere", (key) => {
    for (const text of [
      `${head}steps:\n  a: { action: x, with: { ${key}: 1 } }\n`,
      `{"apiVersion":"baton/v1","name":"w","version":"1.0.0","steps":{"a":{"action":"x","with":{"${key}":1}}}}`,
    ])
      expect(told(text).join()).toContain(`forbidden_key /steps/a/with/${key}`);
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("size and depth", () => {
  const limits = { maxBytes: 1_000 };

  test("are checked before anything else", () => {
    expect(parseDefinition("x".repeat(1_001), { limits }).problems).toMatchObject([{ code: "too_large" }]);
    expect(parseDefinition("é".repeat(501), { limits }).problems).toMatchObject([{ code: "too_large" }]);
    expect(parseDefinition("x".repeat(4 * 1024 * 1024 + 1)).problems).toMatchObject([{ code: "too_large" }]);
  });

  test.each([
    ["flow lists", "[".repeat(100_000)],
    ["flow maps", "{a: ".repeat(100_000)],
    ["block lists", `${"- ".repeat(100_000)}a`],
    ["closed lists", "[".repeat(300) + "]".repeat(300)],
    ["explicit keys", `${"? ".repeat(50_000)}a`],
  ])("%s nested too deeply are rejected", (_name, text) => {
    expect(parseDefinition(text).problems).toMatchObject([{ code: "too_deep" }]);
  });

  test("a value nested too deeply is rejected", () => {
    const value = Array.from({ length: 150 }).reduce<object>((inner) => ({ inner }), {});
    expect(parseDefinition(value).problems).toMatchObject([{ code: "too_deep" }]);
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    expect(parseDefinition(circle).problems).toMatchObject([{ code: "too_deep" }]);
    expect(parseDefinition("a: &a [*a]").problems).toMatchObject([{ code: "too_deep" }]);
  });

  test("aliases that multiply are rejected", () => {
    const bomb = ["a0: &a0 [1,1,1,1,1,1,1,1,1]"];
    for (let level = 1; level < 10; level += 1)
      bomb.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(",")}]`);
    expect(parseDefinition(bomb.join("\n")).problems).toMatchObject([{ code: "too_large" }]);
  });

  test("too many values are rejected", () => {
    const value = { list: Array.from({ length: 200 }, () => 1) };
    expect(parseDefinition(value, { limits: { maxValues: 100 } }).problems).toMatchObject([{ code: "too_large" }]);
  });
});

test("values that JSON cannot represent are rejected", () => {
  const source = {
    apiVersion: "baton/v1",
    name: "w",
    version: "1.0.0",
    steps: { a: { action: "x", with: { d: new Date(0), u: () => 1 } } },
  };
  const codes = parseDefinition(source).problems.map(({ code, pointer }) => `${code} ${pointer}`);
  expect(codes).toEqual(expect.arrayContaining(["not_json /steps/a/with/d", "not_json /steps/a/with/u"]));
  expect(told(`${head}steps:\n  a: { action: x, with: { n: .nan } }\n`).join()).toContain("not_json /steps/a/with/n");
});
