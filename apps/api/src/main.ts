import { readFileSync } from "node:fs";
import { BatonError } from "@baton/core";
import { startTicker } from "@baton/core/engine";
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
const facts = await connection.ready();
log.info({ redis: facts }, `Redis ${facts.version}, durability ${facts.durability}`);

const { transitions } = connection.dependencies.engine;
const ticker = startTicker({ transitions, onError: logTickFailure });
const server = serverOf(createApp(connection.dependencies));
const port = await listen(server, config);
log.info({ port }, `listening on http://${config.host}:${port}`);

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop(signal));

/** Requests at work end, streams are told to, then Redis is let go. */
async function stop(signal: string): Promise<void> {
  log.info({ signal }, "stopping");
  closing.abort();
  await closeServer(server, config.shutdownGraceMs);
  await ticker.stop();
  await connection.close();
  log.info("stopped");
}

/** While Redis is away, which its connection tells, two ticks a second fail: that is said once, and not each time. */
function logTickFailure(err: unknown): void {
  const isOutage = err instanceof BatonError && err.code === "redis_unavailable";
  log[isOutage ? "debug" : "warn"]({ err }, "a tick failed");
}
