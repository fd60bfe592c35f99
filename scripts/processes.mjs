import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Node's arguments that run the workspaces from their TypeScript. */
export const fromSource = ["--conditions=source", "--import", "tsx"];

/**
 * Runs a command to its end with this terminal as its own.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {number} its exit code; 127 when there is no such command
 */
export function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (error !== undefined) return 127;
  return status ?? 1;
}

/**
 * Starts a service whose output goes to a file. It leads a process group of its own, so that Ctrl-C reaches only us and
 * we can stop services in the right order.
 * @param {{ readonly name: string, readonly command: string, readonly args: readonly string[],
 *   readonly log: string, readonly env?: Readonly<Record<string, string>>, readonly stdin?: string }} service
 */
export function startService(service) {
  const log = openSync(service.log, "w");
  const child = spawn(service.command, service.args, {
    cwd: root,
    env: { ...process.env, ...service.env },
    stdio: ["pipe", log, log],
    detached: true,
  });
  closeSync(log);
  child.on("error", () => undefined); // `exitCode` or a silent port tells; the reason stands in the log
  child.stdin?.on("error", () => undefined); // it may be gone before it has read
  child.stdin?.end(service.stdin ?? "");
  return {
    name: service.name,
    log: service.log,
    child,
    isRunning: () => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
    stop: () => stop(child),
  };
}

/** @typedef {ReturnType<typeof startService>} Service */

/**
 * Asks it to end, and ends it when it has not after 40 s: a worker may take 25 s to finish what it holds.
 * @param {import("node:child_process").ChildProcess} child
 */
async function stop(child) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const impatience = setTimeout(() => child.kill("SIGKILL"), 40_000);
  await gone;
  clearTimeout(impatience);
}

/**
 * The last lines of a service's log, for the person who must find out why it ended.
 * @param {string} log
 */
export function lastLines(log) {
  return readFileSync(log, "utf8").trimEnd().split("\n").slice(-20).join("\n");
}

/** Something that the person at the terminal can act on; printed without a stack. */
export class Stop extends Error {}

/**
 * Runs a script's main function; a `Stop` is told in a line, everything else with its stack.
 * @param {() => Promise<number>} main answers the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof Stop ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
