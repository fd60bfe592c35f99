import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "./ports.mjs";

const root = join(import.meta.dirname, "..");

/** `npm start` with the given arguments, on ports of its own, beside whatever runs on this machine. */
async function start(...args: readonly string[]) {
  const port = await freePort();
  const env = { ...process.env, BATON_PORT: String(port), BATON_METRICS_PORT: String(await freePort()) };
  delete (env as NodeJS.ProcessEnv)["BATON_REDIS_URL"];
  const child = spawn(process.execPath, ["scripts/start.mjs", ...args], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const ended = once(child, "exit").then(([code]) => code);
  return { child, url: `http://127.0.0.1:${port}`, ended, output: () => output };
}

test("`npm start -- --once` analyses the real document, ends 0 and leaves nothing behind", async () => {
  const { ended, output, url } = await start("--once");
  expect(await ended, output()).toBe(0);
  expect(output()).toContain("Running examples/document-analysis");
  await expect(fetch(url)).rejects.toThrow();
  const dir = /in (.*)\/redis$/m.exec(output())?.[1];
  expect(dir).toContain("baton-once-");
  expect(existsSync(dir ?? root)).toBe(false);
}, 120_000);

test("an argument that it does not know is told, with the two that there are", async () => {
  const { ended, output } = await start("--onse");
  expect(await ended).toBe(1);
  expect(output()).toContain("npm start -- --once");
});
