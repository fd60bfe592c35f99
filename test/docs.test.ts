import { readFileSync } from "node:fs";
import { join } from "node:path";
import { graphDrawing, renderDrawing, validateDefinition } from "@batonrun/core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { notYetKinds, notYetStepKeys, notYetTopKeys } from "../packages/core/src/definition/not-yet.js";
import { fencesOf } from "./docs/fences.js";
import { allPages, brokenLinks, filesUnder, isThere, linksOf, pathsOf, readPage, root } from "./docs/pages.js";

const pages = allPages();
const readme = readPage("README.md").text;

/** The words in backticks. */
function codeIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
}

describe("every page", () => {
  test("is found", () => {
    const paths = pages.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "docs/README.md",
        "examples/README.md",
      ]),
    );
  });

  test("links only to what is there", () => {
    expect(pages.flatMap(({ text }) => linksOf(text)).length).toBeGreaterThan(30);
    expect(pages.flatMap((page) => brokenLinks(page).map((link) => `${page.path}: ${link}`))).toEqual([]);
  });

  test("names only paths that are there", () => {
    expect(pages.flatMap(({ text }) => pathsOf(text)).length).toBeGreaterThan(50);
    const lost = pages.flatMap((page) =>
      pathsOf(page.text)
        .filter((path) => !isThere(path, page))
        .map((path) => `${page.path}: ${path}`),
    );
    expect(lost).toEqual([]);
  });

  test("names only scripts of npm that package.json has", () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
    const named = pages.flatMap(({ text }) => [...text.matchAll(/npm (?:run )?(start|test|(?<=run )[a-z]+)\b/g)]);
    expect(named.length).toBeGreaterThan(5);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining([...new Set(named.map((match) => match[1] ?? ""))]));
  });

  test("names only variables that a page of configuration describes", () => {
    const described = ["configuration.md", "configuration-api.md", "cli.md"]
      .map((name) => readPage(`docs/reference/${name}`).text)
      .flatMap((text) => [...text.matchAll(/^\| `([A-Z_]+)/gm)].map((match) => match[1] ?? ""));
    const named = pages.flatMap(({ text }) => [...text.matchAll(/\bBATON_[A-Z_]+/g)].map(([name]) => name));
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((name) => !described.includes(name))).toEqual([]);
  });
});

test.each(filesUnder("docs/reference"))("%s is linked from the index", (path) => {
  expect(linksOf(readPage("docs/README.md").text)).toContain(path.slice("docs/".length));
});

describe("a record of a decision", () => {
  const records = filesUnder("docs/adr").map(readPage);

  test("is not alone", () => {
    expect(records.length).toBeGreaterThan(8);
  });

  test.each(records)("$path has its number, its five parts and less than sixty lines", ({ path, text }) => {
    const number = Number(/\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]);
    expect(text).toMatch(new RegExp(`^# ${number}\\. `));
    expect([...text.matchAll(/^(?:## (\w+)|(Status): )/gm)].map((match) => match[1] ?? match[2])).toEqual([
      "Status",
      "Context",
      "Decision",
      "Consequences",
      "Alternatives",
    ]);
    expect(text.split("\n").length).toBeLessThan(60);
  });
});

describe("the README", () => {
  test("shows the workflow of the example", () => {
    const shown = fencesOf(readme).find(({ language }) => language === "yaml")?.text;
    const ours = validateDefinition(shown, { format: "yaml" });
    expect(ours.problems).toEqual([]);
    const example = validateDefinition(readPage("examples/document-analysis/workflow.yaml").text, { format: "yaml" });
    const { name, version, vars, output } = ours.definition ?? {};
    expect(example.definition).toMatchObject({ name, version, vars, output });
    expect(Object.keys(example.definition?.steps ?? {})).toEqual(Object.keys(ours.definition?.steps ?? {}));
  });

  test("shows the picture that Baton draws of the example", () => {
    const shown = fencesOf(readme).find(({ language }) => language === "mermaid")?.text;
    const { graph } = validateDefinition(readPage("examples/document-analysis/workflow.yaml").text, { format: "yaml" });
    if (graph === null) throw new Error("the example has no graph");
    expect(shown?.trim()).toBe(renderDrawing(graphDrawing(graph), "mermaid").trim());
  });

  test("lists what is refused as not there yet, and nothing that is there", () => {
    const section = readme.split(/^## /m).find((part) => part.startsWith("Status"));
    const bullets = section?.match(/^- [\s\S]*?;$/gm) ?? [];
    expect(codeIn(bullets[0] ?? "")).toEqual([...notYetKinds]);
    const keys = [...notYetStepKeys, ...notYetTopKeys];
    expect(new Set(codeIn(bullets[1] ?? ""))).toEqual(new Set(keys));
  });
});
