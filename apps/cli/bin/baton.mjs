#!/usr/bin/env node
/**
 * `baton`: the built program where it is as new as its source, else the source through tsx. So a fresh clone needs no
 * build, and an old build never hides a change.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { register } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = [
  "..",
  "../../../packages/client",
  "../../../packages/core",
  "../../../packages/contract",
  "../../../packages/node",
];

if (packages.every(isBuilt)) {
  await import(new URL("../dist/main.js", import.meta.url).href);
} else {
  const { register: registerTsx } = await import("tsx/esm/api");
  registerTsx();
  // The workspaces export their TypeScript under this condition; a flag of Node would need a second process.
  const hook = `export const resolve = (specifier, context, next) =>
    next(specifier, { ...context, conditions: ["source", ...context.conditions] });`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
  await import(new URL("../src/main.ts", import.meta.url).href);
}

/**
 * Every source file has its output, which is not older.
 * @param {string} place a package, seen from here
 */
function isBuilt(place) {
  const source = fileURLToPath(new URL(`${place}/src/`, import.meta.url));
  const output = fileURLToPath(new URL(`${place}/dist/`, import.meta.url));
  if (!existsSync(source)) return true;
  return readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .every((name) => writtenAt(join(source, name)) <= writtenAt(join(output, name.replace(/ts$/, "js"))));
}

/** @param {string} file */
function writtenAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
