import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ensureRedis } from "./ensure-redis.mjs";
import { portFrom } from "./ports.mjs";
import { fromSource, lastLines, Stop, startService } from "./processes.mjs";

const START_TIMEOUT_MS = 60_000;

/**
 * Starts Redis, API and worker, in this order, and answers when all of them are ready. `stack` receives each of them as
 * soon as it runs, so that the caller can stop them in the opposite order whatever happens.
 * @param {{ readonly dir: string, readonly signal: AbortSignal, readonly stack: { stop(): Promise<void> }[] }} world
 */
export async function startServices({ dir, signal, stack }) {
  mkdirSync(join(dir, "logs"), { recursive: true });
  const redis = await ensureRedis(join(dir, "redis"));
  stack.push(redis);
  console.log(`Redis    ${redis.what}`);
  signal.throwIfAborted();

  const host = process.env["BATON_HOST"] || "127.0.0.1";
  const port = await portFrom("BATON_PORT", 3000);
  const metricsPort = await portFrom("BATON_METRICS_PORT", 9464);
  const url = `http://${hostToCall(host)}:${port}`;
  const env = { BATON_REDIS_URL: redis.url, BATON_HOST: host };
  const api = startApp("api", dir, { ...env, BATON_PORT: String(port) });
  stack.push(api);
  const worker = startApp("worker", dir, { ...env, BATON_METRICS_PORT: String(metricsPort) });
  stack.push(worker);
  await untilReady(api, `${url}/readyz`, signal);
  console.log(`API      ${url}`);
  await untilReady(worker, `http://${hostToCall(host)}:${metricsPort}/readyz`, signal);
  console.log(`Worker   process ${worker.child.pid}, metrics on port ${metricsPort}\n`);
  return { url, metricsPort, apps: [api, worker] };
}

/**
 * @param {"api" | "worker"} name
 * @param {string} dir
 * @param {Readonly<Record<string, string>>} env
 */
function startApp(name, dir, env) {
  const log = join(dir, "logs", `${name}.log`);
  return startService({ name, command: process.execPath, args: [...fromSource, `apps/${name}/src/main.ts`], log, env });
}

/**
 * Where a client on this machine reaches what listens on `host`.
 * @param {string} host
 */
function hostToCall(host) {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

/**
 * @param {import("./processes.mjs").Service} service
 * @param {string} url
 * @param {AbortSignal} signal
 */
async function untilReady(service, url, signal) {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (service.isRunning() && performance.now() < deadline) {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]) }).catch(
      () => null,
    );
    if (response?.ok) return;
    await delay(100, undefined, { signal });
  }
  const end = service.isRunning() ? `was not ready at ${url} within ${START_TIMEOUT_MS / 1_000} s` : "exited";
  throw new Stop(`The ${service.name} ${end}. The last lines of ${service.log}:\n${lastLines(service.log)}`);
}

/**
 * Waits for Ctrl-C. Throws when a service exits before that.
 * @param {readonly import("./processes.mjs").Service[]} services
 * @param {AbortSignal} signal
 */
export async function serveUntil(services, signal) {
  while (!signal.aborted) {
    const ended = services.find((service) => !service.isRunning());
    if (ended !== undefined) {
      throw new Stop(`The ${ended.name} exited. The last lines of ${ended.log}:\n${lastLines(ended.log)}`);
    }
    await delay(200);
  }
}
