import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readRepository } from "./source-file.js";

/**
 * Each gate of `npm run check` runs here on a copy of the repository in which its faults are planted: a gate that lets its
 * fault pass is no gate. A fault is [name, path, text, what the gate must print about that path].
 */
type Fault = readonly [name: string, path: string, text: string, message: string];

const root = fileURLToPath(new URL("../..", import.meta.url));
// Whole tools run on the whole tree.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const core = "packages/core/src";
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "baton-gates-"));
  for (const { path, text } of readRepository(root)) plant(path, text);
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  execFileSync("git", ["init", "--quiet"], { cwd: copy });
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  writeFileSync(join(copy, path), text);
}

function textOf(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The lines that a command prints in the copy. */
function linesOf(command: string, ...args: readonly string[]): readonly string[] {
  const { stdout, stderr, status } = spawnSync(command, args, { cwd: copy, encoding: "utf8" });
  expect([0, 1], stderr).toContain(status);
  return `${stdout}\n${stderr}`.split("\n");
}

const fromSource = ["--conditions=source", "--import", join(root, "node_modules/tsx/dist/loader.mjs")];
const tool = (name: string) => join(root, "node_modules/.bin", name);

describe("Biome refuses", () => {
  const clock = "Take a Clock port";
  const faults: readonly Fault[] = [
    ["graph to redis", `${core}/graph/f1.ts`, 'export { CellKeys } from "../redis/cell-keys.js";', "graph/ is pure"],
    ["a type is an import, too", `${core}/run/f2.ts`, 'export type { A } from "../execution/a.js";', "run/ is pure"],
    ["an import at run time", `${core}/run/f3.ts`, 'await import("../redis/store.js");', "run/ is pure"],
    ["a type by import()", `${core}/run/f4.ts`, 'export type A = import("../a.js").A;', "`import type` statement"],
    ["core's own index", `${core}/run/f5.ts`, 'export { A } from "../index.js";', "run/ is pure"],
    [
      "a layer from a nested folder",
      `${core}/graph/checks/f6.ts`,
      'export { A } from "../../run/a.js";',
      "graph/ is pure",
    ],
    [
      "redis to execution",
      `${core}/redis/f7.ts`,
      'export { A } from "../execution/a.js";',
      "redis/ implements the ports",
    ],
    [
      "BullMQ outside bullmq/",
      `${core}/execution/f8.ts`,
      'export { Queue } from "bullmq";',
      "bullmq/ is the only folder",
    ],
    ["ioredis in an app", "apps/api/src/f9.ts", 'export { Redis } from "ioredis";', "redis/ is the only folder"],
    ["vitest in a program", `${core}/run/f10.ts`, 'export { test } from "vitest";', "Only tests import this"],
    ["verify in a program", `${core}/redis/f11.ts`, 'export { A } from "@batonrun/verify";', "Only tests import this"],
    [
      "a program to its testing/",
      "apps/cli/src/f12.ts",
      'export { A } from "./testing/a.js";',
      "Only tests import this",
    ],
    [
      "another's testing",
      "apps/cli/src/f13.ts",
      'export { A } from "@batonrun/client/testing";',
      "Only tests import this",
    ],
    ["core to client", `${core}/run/f14.ts`, 'export { A } from "@batonrun/client";', "core is what the other"],
    ["api to actions", "apps/api/src/f15.ts", 'export { A } from "@batonrun/core/actions";', "api accepts and shows"],
    [
      "api to execution",
      "apps/api/src/f16.ts",
      'export { A } from "@batonrun/core/execution";',
      "api accepts and shows",
    ],
    ["api to worker", "apps/api/src/f17.ts", 'export { A } from "@batonrun/worker";', "api accepts and shows"],
    ["cli to engine", "apps/cli/src/f18.ts", 'export { A } from "@batonrun/core/engine";', "cli is a client"],
    ["contract to core", "packages/contract/src/f19.ts", 'export { A } from "@batonrun/core";', "contract is what"],
    [
      "node to contract",
      "packages/node/src/f20.ts",
      'export { A } from "@batonrun/contract";',
      "node holds primitives",
    ],
    [
      "a workspace by path",
      "apps/cli/src/f21.ts",
      'export { A } from "../../../packages/core/src/a.js";',
      "cli is a client",
    ],
    ["the clock", `${core}/run/f22.ts`, "export const now = Date.now();", clock],
    ["the clock as a date", `${core}/run/f23.ts`, "export const now = new Date();", clock],
    ["inheritance", `${core}/run/f24.ts`, "export class A extends Map {}", "Only errors inherit"],
    ["a decorator", `${core}/run/f25.ts`, "@injectable()\nexport class A {}", "Call the function"],
    ["a kind's name in ===", `${core}/run/f26.ts`, 'export const a = b.type === "map";', "Ask the kind's module"],
    ["a kind's name in a case", `${core}/plan/f27.ts`, 'switch (a) {case "action": b();}', "Ask the kind's module"],
    ["logic in an index", `${core}/run/index.ts`, "export function f() {}", "An index only lists"],
  ];

  const allowed: readonly (readonly [name: string, path: string, text: string])[] = [
    ["the folder itself", `${core}/graph/p1.ts`, 'export { A } from "./p.js";'],
    ["a nested folder's parent", `${core}/graph/checks/p2.ts`, 'export { A } from "../p.js";'],
    ["a folder before it", `${core}/execution/p3.ts`, 'export { A } from "../run/p.js";'],
    ["the contract", `${core}/definition/p4.ts`, 'export { A } from "@batonrun/contract";'],
    ["a test to a later folder", `${core}/graph/p5.test.ts`, 'export { A } from "../redis/p.js";'],
    ["a test to verify", `${core}/run/p6.test.ts`, 'export { A } from "@batonrun/verify";'],
    ["testing/ to another's", "apps/cli/src/testing/p7.ts", 'export { A } from "@batonrun/client/testing";'],
    ["a name that begins alike", `${core}/run/p8.ts`, 'export { A } from "bullmq-otel";'],
    ["a given time", `${core}/run/p9.ts`, "export const then = new Date(0);"],
    ["a kind's name in kinds/", `${core}/kinds/p12.ts`, 'export const a = b.type === "map";'],
    ["an error", `${core}/run/p10.ts`, "export class A extends RangeError {}"],
    ["a test that reads the clock", `${core}/run/p11.test.ts`, "export const now = Date.now();"],
  ];

  let printed: readonly string[];
  beforeAll(() => {
    for (const [, path, text] of [...faults, ...allowed]) plant(path, `// first line\n${text}\n`);
    const paths = [...faults, ...allowed].map(([, path]) => path);
    printed = linesOf(tool("biome"), "lint", "--reporter=github", "--max-diagnostics=none", ...paths);
    for (const path of paths) rmSync(join(copy, path));
  });

  test.each(faults)("%s", (_name, path, _text, message) => {
    expect(printed.filter((line) => line.includes(`${path},line=2,`))).toContainEqual(expect.stringContaining(message));
  });

  test.each(allowed)("but not %s", (_name, path) => {
    expect(printed.filter((line) => line.includes(path) && /title=plugin|noRestrictedImports/.test(line))).toEqual([]);
  });
});

const todo = "TODO"; // apart, since the script reads this file, too

describe("the script for what Biome cannot say refuses", () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `${core}/run/many/f${index}.ts`);
  const faults: readonly Fault[] = [
    ["a drawer", `${core}/run/utils.ts`, "", 'utils.ts is a drawer, "utils"'],
    ["a drawer of something", "apps/api/src/run-helpers.ts", "", 'is a drawer, "helpers"'],
    ["a folder that is a drawer", "apps/api/src/services/run.ts", "", 'is a drawer, "services"'],
    ["a TODO without an issue", `${core}/run/f1.ts`, `// ${todo} later`, "f1.ts:1 has a TODO"],
    ["a TODO in Lua", `${core}/redis/lua/f2.lua`, `-- ${todo} later`, "f2.lua:1 has a TODO"],
    ["an assertion", `${core}/run/f3.ts`, "const a = b as string;", "f3.ts:1 has an `as` without"],
    ["a folder of core without a rule", `${core}/misplaced/a.ts`, "", "misplaced/ has no rule in biome/layers.jsonc"],
  ];
  const allowed: readonly (readonly [path: string, text: string])[] = [
    [`${core}/run/p1.ts`, "// TODO #12 fold"],
    [`${core}/run/p2.ts`, "// zod gives string[]\nconst a = b as [string];"],
    [`${core}/run/p3.ts`, "const a = [1] as const;"],
    [`${core}/run/p4.ts`, 'import {\n  a as b,\n} from "./c.js"; '],
    [`${core}/run/p5.ts`, 'const a = "known as b";'],
  ];

  const house = () => linesOf(process.execPath, ...fromSource, join(root, "scripts/check/house.ts"), copy);

  let printed: readonly string[];
  beforeAll(() => {
    for (const [, path, text] of faults) plant(path, text);
    for (const [path, text] of allowed) plant(path, text);
    for (const path of many(16)) plant(path, "");
    printed = house();
    for (const [, path] of faults) rmSync(join(copy, path));
    for (const [path] of allowed) rmSync(join(copy, path));
    for (const path of many(16)) rmSync(join(copy, path));
  });

  test.each(faults)("%s", (_name, _path, _text, message) => {
    expect(printed).toContainEqual(expect.stringContaining(message));
  });

  test("too many files in a folder", () => {
    expect(printed).toContainEqual(expect.stringContaining(`${core}/run/many/ has 16 files`));
  });

  test.each(allowed)("but not %s", (path) => {
    expect(printed.filter((line) => line.includes(path))).toEqual([]);
  });

  test("a layer that may import a later one", () => {
    const config = textOf("biome/layers.jsonc");
    plant("biome/layers.jsonc", config.replace('"!**/run/**"', '"!**/redis/**"'));
    expect(house()).toContainEqual(expect.stringContaining("lets ports/ import redis/, which comes after it"));
    plant("biome/layers.jsonc", config);
  });

  test("an invariant that is declared twice, kept by no code, shown by no test, cited but unknown, or without a prefix", () => {
    plant(`${core}/run/i1.ts`, "/**\n * QW1 the same again.\n * XZ1 shown by no test.\n * Z1 no prefix.\n */");
    plant(`${core}/run/i2.ts`, "// I9 is kept here, and QW77 there.");
    plant("ARCHITECTURE.md", textOf("ARCHITECTURE.md").replace("\n| I8 |", "\n| I10 | Kept by nobody. | | |\n| I8 |"));
    const printed = house().join("\n");
    plant("ARCHITECTURE.md", textOf("ARCHITECTURE.md"));
    for (const name of ["i1", "i2"]) rmSync(join(copy, `${core}/run/${name}.ts`));
    for (const message of [
      /i1\.ts:2 declares QW1, as .*queue-worker\.ts:\d+ does|queue-worker\.ts:\d+ declares QW1, as .*i1\.ts:2 does/,
      /i1\.ts:3 XZ1 is shown by no test/,
      /i1\.ts:4 declares Z1: give the file a prefix/,
      /i2\.ts:1 cites I9, which nothing declares/,
      /i2\.ts:1 cites QW77, which nothing declares/,
      /no code says that it keeps I10/,
    ])
      expect(printed).toMatch(message);
  });

  test("a walk that the calls do not go, that names a lost file, or that is too long", () => {
    const page = textOf("ARCHITECTURE.md");
    const changed = page
      .replace("`packages/core/src/graph/links.ts` (from 4)", "`packages/core/src/graph/links.ts` (from 5)")
      .replace(
        "`packages/core/src/redis/lua/start-run.lua` (from 9)",
        "`packages/core/src/redis/lua/begin-run.lua` (from 9)",
      )
      .replace("### Settle\n", "### Settle\n\n13. `README.md` is one too many.\n");
    plant("ARCHITECTURE.md", changed);
    const printed = house().join("\n");
    plant("ARCHITECTURE.md", page);
    expect(printed).toMatch(/"Submit" goes from .*definition\/parse\.ts to .*graph\/links\.ts, and the code does not/);
    expect(printed).toMatch(/"Submit" names .*begin-run\.lua, which is not there/);
    expect(printed).toMatch(/"Settle" has 13 files, not 2 to 12/);
  });

  test("nothing in the tree as it is", () => {
    expect(house()).toEqual([expect.stringMatching(/^house: \d{3,} files, 0 violations$/), "", ""]);
  });

  test("a tree without a program, where it would see nothing", () => {
    const empty = mkdtempSync(join(tmpdir(), "baton-empty-"));
    execFileSync("git", ["init", "--quiet"], { cwd: empty });
    const lines = linesOf(process.execPath, ...fromSource, join(root, "scripts/check/house.ts"), empty);
    rmSync(empty, { recursive: true });
    expect(lines).toContainEqual(expect.stringContaining("no program was found"));
  });
});

test("the documentation differs from the code when a row is changed, a marker is unknown, or a column is empty", () => {
  const page = textOf("docs/reference/errors.md");
  plant("docs/reference/errors.md", page.replace("| 404 |", "| 405 |"));
  plant("docs/planted.md", "<!-- generated:nothing -->\n\n<!-- /generated -->\n");
  plant("docs/reference/events.md", textOf("docs/reference/events.md").replace(/^\| `step_failed` .*\n/m, ""));
  const printed = linesOf(process.execPath, ...fromSource, join(copy, "scripts/docs/main.ts"), "--check");
  for (const path of ["docs/reference/errors.md", "docs/reference/events.md"]) plant(path, textOf(path));
  rmSync(join(copy, "docs/planted.md"));
  expect(printed).toEqual(
    expect.arrayContaining([
      "docs/reference/errors.md differs from the code: run `npm run docs`",
      "docs/reference/events.md has an empty column",
      "docs/planted.md has a block nothing, which nothing generates",
    ]),
  );
});

test.each([
  ["feat(core): settle a step in one script", 0],
  [`feat(core): ${"long".repeat(20)}`, 1],
  ["Settle a step", 1],
])("the commit hook judges the subject %s", (subject, status) => {
  const file = join(copy, "message");
  writeFileSync(file, `${subject}\n\nA body of any length.\n`);
  expect(spawnSync("sh", [join(root, ".githooks/commit-msg"), file]).status).toBe(status);
  rmSync(file);
});

// cspell:disable
test("cspell refuses British English and misspelled words", () => {
  plant("docs/planted.md", "# The colour of behaviour\n\nIt recieves a catalogue.\n");
  const printed = linesOf(tool("cspell"), "lint", "--no-progress", "--no-summary", "docs/planted.md").join("\n");
  rmSync(join(copy, "docs/planted.md"));
  for (const word of ["colour", "behaviour", "recieves", "catalogue"]) expect(printed).toContain(`(${word})`);
});
// cspell:enable

test("knip refuses an export that nothing uses", () => {
  appendFileSync(join(copy, `${core}/redis/layout.ts`), "export const planted = 1;\n");
  appendFileSync(join(copy, "apps/cli/src/io.ts"), "export const plantedToo = 1;\n");
  const printed = linesOf(tool("knip"), "--no-progress");
  expect(printed).toContainEqual(expect.stringMatching(/^planted +packages\/core\/src\/redis\/layout\.ts/));
  expect(printed).toContainEqual(expect.stringMatching(/^plantedToo +apps\/cli\/src\/io\.ts/));
});
