import { readFileSync } from "node:fs";
import { BatonError } from "@baton/core";
import { startTicker, type Ticker } from "@baton/core/engine";
import type { RedisFacts } from "@baton/core/redis";
import { z } from "zod";
import { createApp } from "./app.js";
import { printable, readConfig } from "./config.js";
import { connect } from "./connect.js";
import { createLog } from "./log.js";
import { closeServer, listen, serverOf } from "./server.js";

const config = readConfig();
const log = createLog(config.logLevel);
log.info({ config: printable(config) }, "configuration");

const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const { version } = z.object({ version: z.string() }).parse(manifest);

const closing = new AbortController();
const connection = connect({ config, version, log, closing: closing.signal });
let ticker: Ticker | undefined;
const server = serverOf(createApp(connection.dependencies));
const port = await listen(server, config);
log.info({ port }, `listening on http://${config.host}:${port}`);
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop(signal));

// A Redis that is away is waited for while /healthz answers and all else is 503; one that evicts ends the process.
const facts = await untilReady();
log.info({ redis: facts }, `Redis ${facts.version}, durability ${facts.durability}`);
const { transitions } = connection.dependencies.engine;
ticker = startTicker({ transitions, onError: logTickFailure });

/** Requests at work end, streams are told to, then Redis is let go. */
async function stop(signal: string): Promise<void> {
  log.info({ signal }, "stopping");
  closing.abort();
  await closeServer(server, config.shutdownGraceMs);
  await ticker?.stop();
  await connection.close();
  log.info("stopped");
}

async function untilReady(): Promise<RedisFacts> {
  for (;;) {
    try {
      return await connection.ready();
    } catch (error) {
      const isAway = error instanceof BatonError && error.code === "redis_unavailable";
      if (!isAway || closing.signal.aborted) throw error;
      log.warn({ err: error }, "still waiting for Redis");
    }
  }
}

/** While Redis is away, which its connection tells, two ticks a second fail: that is said once, and not each time. */
function logTickFailure(err: unknown): void {
  const isOutage = err instanceof BatonError && err.code === "redis_unavailable";
  log[isOutage ? "debug" : "warn"]({ err }, "a tick failed");
}
