/** The API's process: reads the environment, connects, listens, and ends when it is told to. */
import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { BatonError } from "@batonrun/contract";
import { startTicker, type Ticker } from "@batonrun/core/engine";
import type { RedisFacts } from "@batonrun/core/redis";
import type { Logger } from "pino";
import { z } from "zod";
import { createApp } from "./app.js";
import { type ApiConfig, ConfigError, printable, readConfig } from "./config.js";
import { type Connection, connect } from "./connect.js";
import { createLog } from "./log.js";
import { closeServer, listen, serverOf } from "./server.js";

await main().catch(endWith);

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLog(config.logLevel);
  log.info({ config: printable(config) }, "configuration");
  const closing = new AbortController();
  const connection = connect({ config, version: packageVersion(), log, closing: closing.signal });
  const server = serverOf(createApp(connection.dependencies));
  const port = await listen(server, config).catch((cause: unknown) => {
    throw new ConfigError(`BATON_PORT ${config.port} on BATON_HOST ${config.host} is not available: ${String(cause)}`);
  });
  log.info({ port }, `listening on http://${config.host}:${port}`);
  const life = { config, log, closing, connection, server };
  let ticker: Ticker | undefined;
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop(life, () => ticker));
  // A Redis that is away is waited for while /healthz answers and all else is 503; one that evicts ends the process.
  const facts = await untilReady(life);
  if (facts === null) return;
  log.info({ redis: facts }, `Redis ${facts.version}, durability ${facts.durability}`);
  const { transitions } = connection.dependencies.engine;
  ticker = startTicker({ transitions, onError: (error) => logTickFailure(log, error) });
}

interface Life {
  readonly config: ApiConfig;
  readonly log: Logger;
  readonly closing: AbortController;
  readonly connection: Connection;
  readonly server: Server;
}

/** Requests at work end, streams are told to, then Redis is let go. */
async function stop(
  { config, log, closing, connection, server }: Life,
  ticker: () => Ticker | undefined,
): Promise<void> {
  log.info("stopping");
  closing.abort();
  await closeServer(server, config.shutdownGraceMs);
  await ticker()?.stop();
  await connection.close();
  log.info("stopped");
}

/** Null when the process is told to stop before Redis answered. */
async function untilReady({ connection, closing, log }: Life): Promise<RedisFacts | null> {
  for (;;) {
    try {
      return await connection.ready();
    } catch (err) {
      if (closing.signal.aborted) return null;
      if (!(err instanceof BatonError && err.code === "redis_unavailable")) throw err;
      log.warn({ err }, "waiting for Redis");
    }
  }
}

/** While Redis is away, which its connection tells, two ticks a second fail: that is said once, and not each time. */
function logTickFailure(log: Logger, err: unknown): void {
  const isOutage = err instanceof BatonError && err.code === "redis_unavailable";
  log[isOutage ? "debug" : "warn"]({ err }, "maintenance tick failed");
}

/** 2: what a person set is wrong, and the message says what. 1: anything else. */
function endWith(error: unknown): never {
  const isSetting = error instanceof ConfigError;
  const isKnown = isSetting || error instanceof BatonError;
  process.stderr.write(`${isKnown || !(error instanceof Error) ? String(error) : error.stack}\n`);
  process.exit(isSetting ? 2 : 1);
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return z.object({ version: z.string() }).parse(manifest).version;
}
