/** The worker process: reads the environment, connects, runs, and stops on SIGTERM or SIGINT. */

import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import process from "node:process";
import { BatonError } from "@batonrun/core";
import { ConfigError } from "@batonrun/node/config";
import { createLog, type Log } from "@batonrun/node/log";
import { packageVersion } from "@batonrun/node/package-version";
import { createActionRegistry } from "./action-registry.js";
import { builtInActions } from "./actions/index.js";
import { createWorker, type RunningWorker } from "./app.js";
import { printableConfig, readConfig, type WorkerConfig } from "./config.js";
import { type Connection, connect } from "./connect.js";
import { ActionLoadError, loadActions } from "./loading/load-actions.js";
import { startWorker } from "./start-worker.js";

/**
 * Beyond the grace, for the hand-back and for Redis; then the process ends whatever still hangs. With the default grace
 * that is below the 30 s after which Kubernetes kills.
 */
const STOP_MARGIN_MS = 4_000;

const manifest = new URL("../package.json", import.meta.url);

await main();

async function main(): Promise<void> {
  try {
    const config = readConfig();
    const log = createLog({ process: "worker", level: config.logLevel, secrets: config.secrets });
    // It only logs: a process whose state nobody knows ends, and other workers repeat what it held.
    process.on("uncaughtExceptionMonitor", (error) => log.fatal("uncaught error; the worker exits", { error }));
    // A promise that an action left behind. Its step has ended, and other steps must continue.
    process.on("unhandledRejection", (error) => log.error("unhandled rejection in an action", { error }));
    log.info("configuration", { config: printableConfig(config) });
    stopOnSignal(await start(config, log), config, log);
  } catch (error) {
    endWith(error);
  }
}

interface Started {
  readonly worker: RunningWorker;
  readonly connection: Connection;
}

async function start(config: WorkerConfig, log: Log): Promise<Started> {
  const actions = createActionRegistry(await allActions(config));
  const connection = connect({ config, version: packageVersion(manifest), log, actions });
  log.info("connected to Redis", { ...(await connection.ready()) });
  const { engine, ...dependencies } = connection.dependencies;
  const worker = await createWorker({
    ...dependencies,
    log,
    id: randomUUID(),
    machine: { host: hostname(), pid: process.pid },
    startEngine: () => startWorker(engine, config),
  });
  return { worker, connection };
}

async function allActions(config: WorkerConfig) {
  const roots = config.documentRoots.length > 0 ? config.documentRoots : [process.cwd()];
  const builtIn = configuredActions(config, roots);
  const loaded = await loadActions(config.actions, process.cwd());
  return [...builtIn.map((action) => ({ action, origin: "a built-in action" })), ...loaded];
}

function configuredActions({ httpAllowPrivate }: WorkerConfig, roots: readonly string[]) {
  try {
    return builtInActions({ allowPrivate: httpAllowPrivate, roots });
  } catch (cause) {
    throw new ConfigError(`BATON_HTTP_ALLOW_PRIVATE: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function stopOnSignal({ worker, connection }: Started, config: WorkerConfig, log: Log): void {
  let isStopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    log.info("received a signal to stop", { signal });
    if (isStopping) process.exit(1);
    isStopping = true;
    setTimeout(() => {
      log.fatal("the worker did not stop in time and exits now", { graceMs: config.shutdownGraceMs });
      process.exit(1);
    }, config.shutdownGraceMs + STOP_MARGIN_MS).unref();
    await worker.stop();
    await connection.close();
    // An action that ignores its signal would keep the process; its step is in other hands already.
    process.exit(0);
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
}

/** 2: what a person set is wrong, and the message says what. 1: anything else. */
function endWith(error: unknown): never {
  const isSetting = error instanceof ConfigError || error instanceof ActionLoadError;
  process.stderr.write(`${textOf(error)}\n`);
  process.exit(isSetting ? 2 : 1);
}

/** A known error prints its message only; an unexpected one prints its stack. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isKnown = error instanceof ConfigError || error instanceof ActionLoadError || error instanceof BatonError;
  return isKnown ? error.message : (error.stack ?? error.message);
}
