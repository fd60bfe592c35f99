/** The API process: reads the environment, connects, listens, and stops on SIGTERM or SIGINT. */
import type { Server } from "node:http";
import { BatonError } from "@batonrun/contract";
import { startTicker, type Ticker } from "@batonrun/core/engine";
import type { RedisFacts } from "@batonrun/core/redis";
import { ConfigError } from "@batonrun/node/config";
import { createLog, type Log } from "@batonrun/node/log";
import { packageVersion } from "@batonrun/node/package-version";
import { createApp } from "./app.js";
import { type ApiConfig, printableConfig, readConfig } from "./config.js";
import { type Connection, connect } from "./connect.js";
import { closeServer, listen, serverOf } from "./server.js";

const manifest = new URL("../package.json", import.meta.url);

await main().catch(endWith);

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLog({ process: "api", level: config.logLevel });
  log.info("configuration", { config: printableConfig(config) });
  const closing = new AbortController();
  const connection = connect({ config, version: packageVersion(manifest), log, closing: closing.signal });
  const server = serverOf(createApp(connection.dependencies));
  const port = await listen(server, config).catch((cause: unknown) => {
    throw new ConfigError(`BATON_PORT ${config.port} on BATON_HOST ${config.host} is not available: ${String(cause)}`);
  });
  log.info(`listening on http://${config.host}:${port}`, { port });
  const life = { config, log, closing, connection, server };
  let ticker: Ticker | undefined;
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop(life, () => ticker));
  // A Redis that is away is waited for while /healthz answers and all else is 503; one that evicts ends the process.
  const facts = await untilReady(life);
  if (facts === null) return;
  log.info(`Redis ${facts.version}, durability ${facts.durability}`, { redis: facts });
  const { transitions } = connection.dependencies.engine;
  ticker = startTicker({ transitions, onError: (error) => logTickFailure(log, error) });
}

interface Life {
  readonly config: ApiConfig;
  readonly log: Log;
  readonly closing: AbortController;
  readonly connection: Connection;
  readonly server: Server;
}

/** Ends streams, waits for open requests, then disconnects from Redis. */
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

/** Null if the process is stopped before Redis is available. */
async function untilReady({ connection, closing, log }: Life): Promise<RedisFacts | null> {
  for (;;) {
    try {
      return await connection.ready();
    } catch (error) {
      if (closing.signal.aborted) return null;
      if (!(error instanceof BatonError && error.code === "redis_unavailable")) throw error;
      log.warn("waiting for Redis", { error });
    }
  }
}

/** During an outage, two ticks per second fail. The connection already logs the outage, so they log at debug level only. */
function logTickFailure(log: Log, error: unknown): void {
  const isOutage = error instanceof BatonError && error.code === "redis_unavailable";
  log[isOutage ? "debug" : "warn"]("maintenance tick failed", { error });
}

/** 2: what a person set is wrong, and the message says what. 1: anything else. */
function endWith(error: unknown): never {
  const isSetting = error instanceof ConfigError;
  const isKnown = isSetting || error instanceof BatonError;
  process.stderr.write(`${isKnown || !(error instanceof Error) ? String(error) : error.stack}\n`);
  process.exit(isSetting ? 2 : 1);
}
