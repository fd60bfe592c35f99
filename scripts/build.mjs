/** `npm run build`: a dist/ in every workspace that runs without TypeScript. */
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { ensureDependencies } from "./dependencies.mjs";
import { root, run, runMain } from "./processes.mjs";

const workspaces = [
  "packages/contract",
  "packages/node",
  "packages/core",
  "packages/client",
  "apps/api",
  "apps/worker",
  "apps/cli",
];

await runMain(async () => {
  ensureDependencies();
  const code = run("node_modules/.bin/tsc", ["-b", ...workspaces]);
  if (code !== 0) return code;
  for (const workspace of workspaces) removeLeftovers(workspace);
  const copied = workspaces.flatMap(copyAssets);
  console.log(`Built ${workspaces.length} workspaces, including ${copied.length} non-TypeScript files.`);
  return 0;
});

/**
 * The compiler leaves out what the program reads at run time: Lua, JSON, pages.
 * @param {string} workspace
 */
function copyAssets(workspace) {
  const source = join(root, workspace, "src");
  const assets = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((path) => isAsset(path));
  for (const path of assets) cpSync(join(source, path), join(root, workspace, "dist", path));
  return assets;
}

/**
 * The compiler keeps the output of files that were moved or are compiled no more: dist/ must not ship them.
 * @param {string} workspace
 */
function removeLeftovers(workspace) {
  const dist = join(root, workspace, "dist");
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    const source = join(root, workspace, "src", relative(dist, path));
    const isCompiled = existsSync(source.replace(/\.(js|d\.ts)(\.map)?$/, ".ts")) && !isForTests(source);
    if (!isCompiled && !existsSync(source) && !name.endsWith(".tsbuildinfo")) rmSync(path);
  }
}

/** @param {string} path */
function isForTests(path) {
  return /\.test\.|[/\\]testing[/\\]/.test(path);
}

/** @param {string} path */
function isAsset(path) {
  return /\.[a-z]+$/.test(path) && !path.endsWith(".ts");
}
