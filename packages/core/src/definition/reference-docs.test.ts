import { readFileSync } from "node:fs";
import { problemCatalog } from "@batonrun/contract";
import { describe, expect, test } from "vitest";
import { stepFields } from "../expression/names.js";
import { kinds } from "../kinds/index.js";
import { batonLanguage, parseDefinition } from "../kinds/language.js";
import { notYetKinds, notYetStepKeys, notYetTopKeys } from "./not-yet.js";
import { keysAt } from "./schema-keys.js";

const read = (name: string) => readFileSync(new URL(`../../../../docs/reference/${name}`, import.meta.url), "utf8");
const format = read("workflow-format.md");
const expressions = read("expressions.md");

describe("the reference", () => {
  test("lists exactly the problems of the catalog with their descriptions", () => {
    const rows = [...format.matchAll(/^\| `([a-z_]+)` \| (.*) \|$/gm)].map(([, code, text]) => [code, text]);
    const problems = rows.slice(-Object.keys(problemCatalog).length);
    expect(Object.fromEntries(problems)).toEqual(problemCatalog);
    expect(format.slice(format.indexOf("## Problems")).match(/^\| `/gm)).toHaveLength(problems.length);
  });

  test.each(["", ...Object.keys(kinds)])("lists every key of the format (%s)", (kind) => {
    const keys = keysAt(batonLanguage, kind === "" ? [] : ["steps", "a"], { steps: { a: { type: kind } } });
    expect(keys.length).toBeGreaterThan(5);
    for (const key of keys) expect(format).toContain(`\`${key}\``);
  });

  test("lists everything that is not supported yet", () => {
    for (const key of [
      ...notYetTopKeys,
      ...notYetStepKeys,
      ...notYetKinds,
      ...Object.values(kinds).flatMap(({ notYet }) => notYet),
    ])
      expect(format.slice(format.indexOf("## Not supported yet"))).toContain(`\`${key}\``);
  });

  test("lists every field of a step", () => {
    expect(expressions).toContain(`\`{ ${stepFields.join(", ")} }\``);
  });

  test("shows a valid definition", () => {
    const yaml = /```yaml\n([\s\S]*?)```/.exec(format)?.[1];
    expect(parseDefinition(yaml).problems).toEqual([]);
  });
});
