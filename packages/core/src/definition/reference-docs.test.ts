import { readFileSync } from "node:fs";
import { problemCatalog } from "@batonrun/contract";
import { describe, expect, test } from "vitest";
import { stepFields } from "../expression/names.js";
import { notYetKindKeys, notYetKinds, notYetStepKeys, notYetTopKeys } from "./not-yet.js";
import { parseDefinition } from "./parse.js";
import { keysAt, stepKinds } from "./schema-keys.js";

const read = (name: string) => readFileSync(new URL(`../../../../docs/reference/${name}`, import.meta.url), "utf8");
const format = read("workflow-format.md");
const expressions = read("expressions.md");

describe("the reference", () => {
  test("lists every problem with its sentence, and no other", () => {
    const rows = [...format.matchAll(/^\| `([a-z_]+)` \| (.*) \|$/gm)].map(([, code, text]) => [code, text]);
    const problems = rows.slice(-Object.keys(problemCatalog).length);
    expect(Object.fromEntries(problems)).toEqual(problemCatalog);
    expect(format.slice(format.indexOf("## Problems")).match(/^\| `/gm)).toHaveLength(problems.length);
  });

  test.each(["", ...stepKinds])("names every key of the format (%s)", (kind) => {
    const keys = keysAt(kind === "" ? [] : ["steps", "a"], kind === "" ? null : kind);
    for (const key of keys) expect(format).toContain(`\`${key}\``);
  });

  test("names everything that is not supported yet", () => {
    for (const key of [...notYetTopKeys, ...notYetStepKeys, ...notYetKinds, ...Object.values(notYetKindKeys).flat()])
      expect(format.slice(format.indexOf("## Not supported yet"))).toContain(`\`${key}\``);
  });

  test("names every field of a step", () => {
    expect(expressions).toContain(`\`{ ${stepFields.join(", ")} }\``);
  });

  test("shows a definition that is valid", () => {
    const yaml = /```yaml\n([\s\S]*?)```/.exec(format)?.[1];
    expect(parseDefinition(yaml).problems).toEqual([]);
  });
});
