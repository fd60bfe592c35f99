import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "./ports.mjs";
import { run, Stop } from "./processes.mjs";

const image = "redis:7.2-alpine";

/**
 * A Redis in a container of its own, where a Docker engine answers; null where none does.
 * @returns {Promise<import("./ensure-redis.mjs").Redis | null>}
 */
export async function startDockerRedis() {
  if (spawnSync("docker", ["info"], { stdio: "ignore", timeout: 10_000 }).status !== 0) return null;
  const port = await freePort();
  const name = `baton-redis-${port}`;
  const container = ["run", "--detach", "--rm", "--name", name, "--publish", `127.0.0.1:${port}:6379`, image];
  console.log(`Starting Redis in Docker: docker ${container.join(" ")}`);
  const server = ["redis-server", "--appendonly", "yes", "--maxmemory-policy", "noeviction"];
  if (run("docker", [...container, ...server]) !== 0)
    throw new Stop(`Docker could not start ${image}; see its message above.`);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const ping = spawnSync("docker", ["exec", name, "redis-cli", "ping"], { encoding: "utf8" });
    if (ping.stdout.includes("PONG")) break;
    await delay(100);
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    what: `${image} in Docker (container ${name}; its data is deleted with it)`,
    async stop() {
      spawnSync("docker", ["stop", name], { stdio: "ignore" });
    },
  };
}
