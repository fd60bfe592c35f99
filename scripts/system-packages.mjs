import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./processes.mjs";

/**
 * The path of the first of these commands that is on PATH.
 * @param {readonly string[]} commands
 */
export function findCommand(commands) {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return commands.flatMap((command) => folders.map((folder) => join(folder, command))).find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @typedef {{ readonly refresh?: readonly string[], readonly install: readonly string[] }} Recipe */

/** How each package manager is asked, without a question in return. */
/** @type {Readonly<Record<string, Recipe>>} */
const recipes = {
  "apt-get": { refresh: ["update"], install: ["install", "-y", "--no-install-recommends"] },
  dnf: { install: ["install", "-y"] },
  apk: { install: ["add", "--no-cache"] },
  brew: { install: ["install"] },
};

/**
 * Installs the first of the named packages that the system's package manager has, where it may: as root, by sudo that
 * asks for no password, or by brew. Says so first.
 * @param {Readonly<Record<string, readonly string[]>>} packages the package's possible names, by package manager
 * @returns {boolean} whether one was installed
 */
export function installPackage(packages) {
  const manager = Object.keys(recipes).find(
    (name) => packages[name] !== undefined && findCommand([name]) !== undefined,
  );
  if (manager === undefined) return false;
  const prefix = manager === "brew" ? [] : asRoot();
  if (prefix === null) return false;
  const { refresh, install } = recipes[manager] ?? { install: [] };
  if (refresh !== undefined) tell([...prefix, manager, ...refresh]);
  return (packages[manager] ?? []).some((name) => tell([...prefix, manager, ...install, name]) === 0);
}

/** What makes a command root's: nothing, sudo, or null when we may not. */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  const maySudo = spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0;
  return maySudo ? ["sudo", "-n"] : null;
}

/** @param {readonly string[]} line */
function tell([command = "", ...args]) {
  console.log(`Installing: ${command} ${args.join(" ")}`);
  return run(command, args);
}
