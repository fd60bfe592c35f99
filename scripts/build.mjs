/** `npm run build`: a dist/ in every workspace that runs without TypeScript. */
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
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

/** @param {string} path */
function isAsset(path) {
  return /\.[a-z]+$/.test(path) && !path.endsWith(".ts");
}
