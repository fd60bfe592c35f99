#!/usr/bin/env node
/**
 * `baton`: the built program where it is as new as its source, else the source through tsx. So a fresh clone needs no
 * build, and an old build never hides a change.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { register } from "node:module";
import { fileURLToPath } from "node:url";

const packages = ["..", "../../../packages/client", "../../../packages/core"];

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
 * The compiler touches its notes whenever it finds the output up to date.
 * @param {string} place a package, seen from here
 */
function isBuilt(place) {
  const source = new URL(`${place}/src/`, import.meta.url);
  const notes = new URL(`${place}/dist/tsconfig.tsbuildinfo`, import.meta.url);
  if (!existsSync(source)) return true;
  return existsSync(notes) && newestIn(fileURLToPath(source)) <= statSync(notes).mtimeMs;
}

/**
 * @param {string} folder
 * @returns {number} when one of its files was changed last
 */
function newestIn(folder) {
  const times = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => statSync(`${entry.parentPath ?? entry.path}/${entry.name}`).mtimeMs);
  return Math.max(0, ...times);
}
