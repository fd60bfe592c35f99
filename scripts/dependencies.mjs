import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, run, Stop } from "./processes.mjs";

/** Installs what package-lock.json says where node_modules is missing or says something else. */
export function ensureDependencies() {
  requireNode();
  if (isInstalled()) return;
  console.log("Installing dependencies: npm ci --ignore-scripts");
  if (run("npm", ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"]) !== 0) {
    throw new Stop(
      "npm could not install the dependencies; see its message above. Check your network connection and run `npm ci` again.",
    );
  }
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Stop(
    `Baton needs Node 20.19 or newer, but this is ${process.version}. Install a newer version from https://nodejs.org.`,
  );
}

/** npm leaves a copy of the lockfile with what it installed; packages for other platforms are not in it. */
function isInstalled() {
  const installed = packagesOf(join(root, "node_modules", ".package-lock.json"));
  const wanted = packagesOf(join(root, "package-lock.json"));
  return Object.entries(wanted).every(([path, { version, link, optional }]) => {
    if (!path.includes("node_modules/") || link || (optional && installed[path] === undefined)) return true;
    return installed[path]?.version === version;
  });
}

/**
 * @param {string} lockfile
 * @returns {Record<string, { version?: string, link?: boolean, optional?: boolean }>}
 */
function packagesOf(lockfile) {
  if (!existsSync(lockfile)) return {};
  return JSON.parse(readFileSync(lockfile, "utf8")).packages ?? {};
}
