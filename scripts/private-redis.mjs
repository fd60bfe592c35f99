import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "./ports.mjs";
import { lastLines, Stop, startService } from "./processes.mjs";

/** @typedef {{ readonly port: number, readonly password: string }} Address */

/**
 * A Redis of our own, on the loopback address and behind a password of this folder. A server that an earlier start left
 * behind in the folder is used, never doubled: two of them would destroy each other's append-only file.
 * @param {string} binary
 * @param {string} dir
 * @returns {Promise<import("./ensure-redis.mjs").Redis>}
 */
export async function startPrivateRedis(binary, dir) {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const note = join(dir, "address.json");
  const left = existsSync(note) ? JSON.parse(readFileSync(note, "utf8")) : null;
  if (left !== null && (await answersPing(left))) {
    return { url: urlOf(left), what: `already running in ${dir}`, stop: async () => undefined };
  }
  const address = { port: await freePort(), password: randomBytes(18).toString("hex") };
  const service = startService({
    name: "Redis",
    command: binary,
    args: ["-"],
    log: join(dir, "redis.log"),
    stdin: configuration(address, dir),
  });
  await untilReady(service, address);
  writeFileSync(note, JSON.stringify(address), { mode: 0o600 });
  return {
    url: urlOf(address),
    what: `private ${basename(binary)} in ${dir}`,
    async stop() {
      await service.stop();
      rmSync(note, { force: true });
    },
  };
}

/** Given on standard input, so that the password stands in no list of processes. */
/** @param {Address} address @param {string} dir */
function configuration({ port, password }, dir) {
  return [
    "bind 127.0.0.1",
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${dir}"`,
    "appendonly yes",
    "appendfsync everysec",
    'save ""',
    "maxmemory-policy noeviction",
    "daemonize no",
    "",
  ].join("\n");
}

/** @param {import("./processes.mjs").Service} service @param {Address} address */
async function untilReady(service, address) {
  for (let attempt = 0; attempt < 200 && service.isRunning(); attempt += 1) {
    if (await answersPing(address)) return;
    await delay(50);
  }
  await service.stop();
  throw new Stop(`The private Redis did not start. The last lines of ${service.log}:\n${lastLines(service.log)}`);
}

/**
 * @param {Address} address
 * @returns {Promise<boolean>}
 */
function answersPing({ port, password }) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    let reply = "";
    /** @param {boolean} isUp */
    function settle(isUp) {
      socket.destroy();
      resolve(isUp);
    }
    socket.on("data", (chunk) => {
      reply += chunk.toString();
      if (reply.includes("+PONG")) settle(true);
      else if (reply.startsWith("-")) settle(false);
    });
    socket.once("error", () => settle(false));
    socket.once("close", () => settle(false));
    socket.setTimeout(1_000, () => settle(false));
  });
}

/** @param {Address} address */
function urlOf({ port, password }) {
  return `redis://:${password}@127.0.0.1:${port}`;
}
