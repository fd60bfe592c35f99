import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { ensureRedisBinary } from "./ensure-redis.mjs";
import { freePort } from "./ports.mjs";
import { startPrivateRedis } from "./private-redis.mjs";

const root = join(import.meta.dirname, "..");

async function startRedis(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "baton-build-"));
  const redis = await startPrivateRedis(ensureRedisBinary(), dir);
  onTestFinished(async () => {
    await redis.stop();
    await rm(dir, { recursive: true });
  });
  return redis.url;
}

/** Plain Node on dist/, as the image runs it: no TypeScript, no `source` condition. */
async function startBuilt(app: string, portVariable: string, redisUrl: string): Promise<string> {
  const port = await freePort();
  const env = { ...process.env, NODE_OPTIONS: "", BATON_REDIS_URL: redisUrl, [portVariable]: String(port) };
  const child = spawn(process.execPath, [`apps/${app}/dist/main.js`], { cwd: root, env, stdio: "ignore" });
  onTestFinished(async () => {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
  });
  return `http://127.0.0.1:${port}/readyz`;
}

async function statusOf(url: string): Promise<number> {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return response.status;
    await delay(100);
  }
  throw new Error(`${url} did not become ready within 20 s`);
}

/** Compiled files of all workspaces, by their path from the root. */
async function builtFiles(): Promise<string[]> {
  const folders = ["packages", "apps"].map(async (group) => {
    const workspaces = await readdir(join(root, group));
    const lists = workspaces.map(async (workspace) => {
      const dist = join(group, workspace, "dist");
      const names = await readdir(join(root, dist), { recursive: true });
      return names.map((name) => join(dist, name));
    });
    return (await Promise.all(lists)).flat();
  });
  return (await Promise.all(folders)).flat();
}

test("`npm run build` makes an API and a worker that run without TypeScript, and ships no tests", async () => {
  const { status, stdout } = spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: root, encoding: "utf8" });
  expect(status, stdout).toBe(0);
  const built = await builtFiles();
  expect(built).toContain(join("apps", "worker", "dist", "start-worker.js"));
  expect(built.filter((path) => /\.test\.|[/\\](testing|verify)[/\\]/.test(path))).toEqual([]);
  const redisUrl = await startRedis();
  expect(await statusOf(await startBuilt("api", "BATON_PORT", redisUrl))).toBe(200);
  expect(await statusOf(await startBuilt("worker", "BATON_METRICS_PORT", redisUrl))).toBe(200);
}, 120_000);
