import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RunEvent, RunView } from "@batonrun/core";
import { testRedis } from "@batonrun/verify";
import { expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { WorkerProcess } from "./harness/worker-process.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const TIMEOUT_MS = 20_000;

// Each test starts an API, a worker and up to ten processes of `baton`, which take their time on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

const hello = `apiVersion: baton/v1
name: hello
version: 1.0.0
steps:
  pause: { action: core.sleep, with: { ms: "{{ input.ms }}" } }
  greet: { action: core.noop, with: { text: "Hello, {{ input.name }}" }, needs: [pause] }
output: "{{ greet.result.text }}"
`;

/** A process whose output is kept; killed at the latest when the test is over. */
class Started {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";
  readonly #closed: Promise<unknown>;

  constructor(
    args: readonly string[],
    options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  ) {
    this.child = spawn(process.execPath, args, {
      cwd: options.cwd,
      env: { ...process.env, CI: "", ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout?.on("data", (chunk: Buffer) => {
      this.stdout += chunk.toString();
    });
    this.child.stderr?.on("data", (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    this.#closed = once(this.child, "close");
    onTestFinished(() => {
      this.child.kill("SIGKILL");
    });
  }

  /** What the pattern finds on stdout, as soon as it stands there. */
  async says(pattern: RegExp): Promise<string> {
    await expect.poll(() => this.stdout, { timeout: TIMEOUT_MS, interval: 20 }).toMatch(pattern);
    return pattern.exec(this.stdout)?.[1] ?? "";
  }

  async exitCode(): Promise<number | null> {
    await this.#closed;
    return this.child.exitCode;
  }
}

/** Redis, API and worker of this test alone, and a folder with a workflow to call `baton` in. */
async function setup() {
  const redis = testRedis();
  const env = { BATON_REDIS_URL: redis.url, BATON_CELL: redis.keys.tag.slice(1, -1) };
  const directory = await mkdtemp(join(tmpdir(), "baton-cli-e2e-"));
  await writeFile(join(directory, "hello.yaml"), hello);
  onTestFinished(async () => {
    await redis.close();
    await rm(directory, { recursive: true, force: true });
  });
  const port = await freePort();
  const worker = new WorkerProcess(env);
  const api = await startApi(env, port);
  await worker.says("announced");
  const start = (...args: readonly string[]): Started =>
    startBaton(args, { directory, server: `http://127.0.0.1:${port}` });
  return { env, port, api, directory, start };
}

async function startApi(env: Readonly<Record<string, string>>, port: number): Promise<Started> {
  const args = ["--conditions=source", "--import", "tsx", "apps/api/src/main.ts"];
  const api = new Started(args, { cwd: root, env: { ...env, BATON_PORT: String(port) } });
  await api.says(/durability/);
  return api;
}

function startBaton(
  args: readonly string[],
  { directory, server }: { readonly directory: string; readonly server: string },
): Started {
  return new Started([join(root, "apps/cli/bin/baton.mjs"), ...args], {
    cwd: directory,
    env: { BATON_SERVER: server },
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  return address !== null && typeof address === "object" ? address.port : 0;
}

async function done(started: Started, code: number): Promise<string> {
  expect({ code: await started.exitCode(), stderr: started.stderr }).toMatchObject({ code });
  return started.stdout;
}

test("a workflow is checked, registered, run, shown and drawn from the command line", async () => {
  const { start } = await setup();
  const valid = start("workflows", "validate", "hello.yaml");
  expect(await done(start("workflows", "apply", "hello.yaml"), 0)).toBe("✔ hello@1.0.0 registered\n");
  expect(await done(valid, 0)).toBe("✔ hello.yaml is valid (2 steps)\n");
  const [again, list, graph, workers] = [
    start("workflows", "apply", "hello.yaml"),
    start("workflows", "list"),
    start("workflows", "graph", "hello"),
    start("workers"),
  ];
  expect(await done(again, 0)).toBe("✔ hello@1.0.0 unchanged\n");
  expect(await done(list, 0)).toMatch(/^hello\t1\.0\.0\t1\t/);
  expect(await done(graph, 0)).toMatch(/^flowchart [\s\S]*pause[\s\S]*greet/);
  const said = await done(start("run", "hello", "-i", "ms=1", "-i", "name=Ada", "--tag", "first"), 0);
  expect(
    said
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/^\S+Z /, "")),
  ).toEqual([
    "run_started",
    "step_started pause",
    "step_completed pause",
    "step_started greet",
    "step_completed greet",
    "run_completed",
    "Hello, Ada",
  ]);
  const [id = ""] = (await done(start("runs", "list", "--tag", "first"), 0)).split("\t");
  const run = RunView.parse(JSON.parse(await done(start("runs", "get", id, "-o", "json"), 0)));
  expect(run).toMatchObject({
    status: "completed",
    input: { ms: 1, name: "Ada" },
    output: "Hello, Ada",
    tags: ["first"],
  });
  expect(await done(workers, 0)).toContain("core");
  expect(await done(start("queues"), 0)).toMatch(/^runs\t/m);
});

test("the exit code tells how a run ended", async () => {
  const { start, directory } = await setup();
  const failing = hello
    .replace("action: core.sleep", "action: core.fail")
    .replace("{ ms: ", '{ message: "no luck", retryable: false, ms: ');
  await writeFile(join(directory, "failing.yaml"), failing);
  await writeFile(join(directory, "late.yaml"), hello.replace("version: 1.0.0", "version: 1.0.0\ntimeout: 300ms"));
  const failed = start("run", "failing.yaml", "-i", "ms=1");
  const timedOut = start("run", "late.yaml", "-i", "ms=60000");
  const cancelled = start("run", "hello.yaml", "-i", "ms=60000", "--tag", "endless", "-o", "json");
  expect(await done(failed, 1)).toContain("✖ pause: action: no luck");
  expect(await done(timedOut, 4)).toContain("The run ended as timed_out.");
  const find = async (): Promise<string> =>
    (await done(start("runs", "list", "--tag", "endless"), 0)).split("\t")[0] ?? "";
  await expect.poll(find, { timeout: TIMEOUT_MS }).not.toBe("");
  await done(start("runs", "cancel", await find(), "--reason", "enough"), 0);
  expect(JSON.parse(await done(cancelled, 3))).toMatchObject({ status: "cancelled" });
  const away = startBaton(["workers"], { directory, server: `http://127.0.0.1:${await freePort()}` });
  await done(away, 5);
  expect(away.stderr).toContain("hint: Start Baton with `npm start`");
});

test("Ctrl-C leaves the run, which goes on", async () => {
  const { start } = await setup();
  const following = start("run", "hello.yaml", "-i", "ms=2000", "-i", "name=Ada");
  await following.says(/step_started pause/);
  following.child.kill("SIGINT");
  await done(following, 130);
  const id = /runs watch (\S+)/.exec(following.stderr)?.[1] ?? "";
  expect(await done(start("runs", "watch", id), 0)).toMatch(/run_completed\nHello, Ada\n$/);
});

test("a run is followed through the death of the API, each event once", async () => {
  const { start, api, env, port } = await setup();
  const id = (await done(start("run", "hello.yaml", "-i", "ms=2500", "-i", "name=Ada", "--detach"), 0)).trim();
  const following = start("runs", "watch", id, "-o", "json");
  await following.says(/step_started/);
  api.child.kill("SIGKILL");
  await api.exitCode();
  await startApi(env, port);
  const lines = (await done(following, 0)).trimEnd().split("\n");
  const events = lines.map((line) => RunEvent.parse(JSON.parse(line)));
  expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(events.at(-1)?.type).toBe("run_completed");
});

test("a reader that has enough is no error", async () => {
  const { start } = await setup();
  const following = start("run", "hello.yaml", "-i", "ms=500", "-i", "name=Ada");
  await following.says(/run_started/);
  following.child.stdout?.destroy();
  await done(following, 0);
  expect(following.stderr).toBe("");
});

test("baton dev starts API and worker, shows their logs, and stops both at Ctrl-C", async () => {
  const redis = testRedis();
  onTestFinished(() => redis.close());
  const port = await freePort();
  const env = { BATON_REDIS_URL: redis.url, BATON_CELL: redis.keys.tag.slice(1, -1) };
  const dev = new Started([join(root, "apps/cli/bin/baton.mjs"), "dev", "--port", String(port)], { cwd: root, env });
  await dev.says(/Baton is ready at http/);
  expect(dev.stdout).toMatch(/^api {4}│ · listening on/m);
  const workers = await fetch(`http://127.0.0.1:${port}/v1/workers`).then((response) => response.json());
  const [worker] = z.object({ items: z.array(z.object({ pid: z.number() })) }).parse(workers).items;
  dev.child.kill("SIGINT");
  await done(dev, 0);
  expect(() => process.kill(worker?.pid ?? 0, 0)).toThrow("ESRCH");
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow("fetch failed");
});
