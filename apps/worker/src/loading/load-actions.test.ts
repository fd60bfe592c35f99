import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createActionRegistry } from "../action-registry.js";
import { loadActions } from "./load-actions.js";

/** A project of a user's: files by path. */
async function setup(files: Readonly<Record<string, string>>): Promise<string> {
  const cwd = await mkdtemp(path.join(tmpdir(), "baton-actions-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(cwd, file)), { recursive: true });
    await writeFile(path.join(cwd, file), text);
  }
  return cwd;
}

function actionText(name: string, rest = 'capability: "math", effects: "none"'): string {
  return `{ name: "${name}", ${rest}, run: async () => 1 }`;
}

async function namesOf(specifiers: readonly string[], cwd: string): Promise<string[]> {
  const loaded = await loadActions(specifiers, cwd);
  return loaded.map(({ action }) => action.name).sort();
}

test("every action that a module exports is taken, under whatever name, and nothing else", async () => {
  const cwd = await setup({
    "actions.mjs": `
      export const double = ${actionText("math.double")};
      export default ${actionText("math.half")};
      export const limits = { name: "limits", max: 3 };
      export function helper() {}
      export const nothing = null;`,
  });
  expect(await namesOf(["./actions.mjs"], cwd)).toEqual(["math.double", "math.half"]);
});

test("a path counts from the working directory, with its ending left out or absolute", async () => {
  const cwd = await setup({ "lib/index.js": `exports.double = ${actionText("math.double")};` });
  expect(await namesOf(["./lib"], cwd)).toEqual(["math.double"]);
  expect(await namesOf([path.join(cwd, "lib/index.js")], cwd)).toEqual(["math.double"]);
});

test.each([
  ["an import condition", { exports: { ".": { types: "./t.d.ts", import: "./esm.mjs", require: "./missing.cjs" } } }],
  ["nested conditions", { exports: { node: { import: "./esm.mjs" }, default: "./missing.js" } }],
  ["a single target", { exports: "./esm.mjs" }],
  ["only main", { main: "./esm.mjs" }],
])("a package is found from the working directory by %s", async (_, manifest) => {
  const cwd = await setup({
    "node_modules/@acme/actions/package.json": JSON.stringify({ name: "@acme/actions", ...manifest }),
    "node_modules/@acme/actions/esm.mjs": `export const double = ${actionText("math.double")};`,
    "app/package.json": "{}",
  });
  expect(await namesOf(["@acme/actions"], path.join(cwd, "app"))).toEqual(["math.double"]);
});

test("a package's subpath is found where the package exports it", async () => {
  const cwd = await setup({
    "node_modules/acme/package.json": JSON.stringify({ exports: { ".": "./no.js", "./actions": "./a.mjs" } }),
    "node_modules/acme/a.mjs": `export const double = ${actionText("math.double")};`,
  });
  expect(await namesOf(["acme/actions"], cwd)).toEqual(["math.double"]);
});

test("all unusable modules are reported at once, each with its reason", async () => {
  const cwd = await setup({
    "throws.mjs": "throw new Error('no such table');",
    "empty.mjs": "export const answer = 42;",
    "wrong.mjs": `export const one = ${actionText("Math Double", 'capability: "Math:1", effects: "some"')};`,
  });
  const loading = loadActions(["./missing.js", "acme", "./throws.mjs", "./empty.mjs", "./wrong.mjs"], cwd);
  await expect(loading).rejects.toThrow("./missing.js: module not found");
  await expect(loading).rejects.toThrow("acme: module not found");
  await expect(loading).rejects.toThrow("./throws.mjs: import failed: no such table");
  await expect(loading).rejects.toThrow("./empty.mjs: exports no action");
  await expect(loading).rejects.toThrow("./wrong.mjs: export one is not an action: name must be words joined by dots");
  await expect(loading).rejects.toThrow("export one is not an action: capability must be at most 64 lowercase");
  await expect(loading).rejects.toThrow("export one is not an action: effects");
});

test("two different actions of one name are refused, with where each comes from", async () => {
  const cwd = await setup({
    "a.mjs": `export const one = ${actionText("math.double")};`,
    "b.mjs": `export const two = ${actionText("math.double")};`,
  });
  const loaded = await loadActions(["./a.mjs", "./b.mjs"], cwd);
  expect(() => createActionRegistry(loaded)).toThrow(
    "duplicate action math.double: export one of ./a.mjs and export two of ./b.mjs",
  );
});

test("the same action under two names, or from two modules, is one", async () => {
  const cwd = await setup({
    "a.mjs": `export const one = ${actionText("math.double")}; export default one;`,
    "b.mjs": `export { one as again } from "./a.mjs";`,
  });
  const registry = createActionRegistry(await loadActions(["./a.mjs", "./b.mjs", "./a.mjs"], cwd));
  expect([...registry.keys()]).toEqual(["math.double"]);
});
