import { startDockerRedis } from "./docker-redis.mjs";
import { startPrivateRedis } from "./private-redis.mjs";
import { Stop } from "./processes.mjs";
import { findCommand, installPackage } from "./system-packages.mjs";

const servers = ["redis-server", "valkey-server"];
const packages = {
  "apt-get": ["redis-server", "valkey-server"],
  dnf: ["redis", "valkey"],
  apk: ["redis", "valkey"],
  brew: ["redis"],
};

/** @typedef {{ readonly url: string, readonly what: string, readonly stop: () => Promise<void> }} Redis */

/**
 * A Redis to work on: BATON_REDIS_URL, else a private server from PATH, else one that we install where we may, else one
 * in Docker, else the one line to type.
 * @param {string} dir where a private server keeps its data
 * @returns {Promise<Redis>}
 */
export async function ensureRedis(dir) {
  const url = process.env["BATON_REDIS_URL"];
  if (url !== undefined && url !== "") return { url, what: "at BATON_REDIS_URL", stop: async () => undefined };
  const binary = findCommand(servers) ?? installRedis();
  if (binary !== undefined) return startPrivateRedis(binary, dir);
  const docker = await startDockerRedis();
  if (docker !== null) return docker;
  throw new Stop(noRedis);
}

/** The path of a Redis server for the tests, which kill and restart their own. */
export function ensureRedisBinary() {
  const binary = findCommand(servers) ?? installRedis();
  if (binary !== undefined) return binary;
  throw new Stop(noRedis);
}

function installRedis() {
  console.log("Baton needs Redis, and redis-server is not on PATH.");
  return installPackage(packages) ? findCommand(servers) : undefined;
}

const noRedis = [
  "Redis was not found and could not be installed. Run one of these, then try again:",
  "  sudo apt-get install redis-server      (Debian, Ubuntu)",
  "  brew install redis                     (macOS)",
  "  export BATON_REDIS_URL=redis://…       (an existing Redis; it must not evict keys)",
].join("\n");
