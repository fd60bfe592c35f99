import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { connectRedis, redisWorkerDirectory } from "@batonrun/core/redis";
import { startRedisServer, TestEngine } from "@batonrun/verify";
import { expect, onTestFinished, test, vi } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const main = fileURLToPath(new URL("main.ts", import.meta.url));
const Line = z.looseObject({ msg: z.string() });
const Health = z.object({ health: z.string() });
const START_TIMEOUT_MS = 15_000;

/** A worker's process, and the lines that it logs. */
class WorkerProcess {
  readonly child: ChildProcess;
  readonly lines: z.infer<typeof Line>[] = [];
  stderr = "";
  readonly #change = new EventEmitter();

  constructor(env: Readonly<Record<string, string>>, cwd = root) {
    this.child = spawn(process.execPath, ["--conditions=source", "--import", import.meta.resolve("tsx"), main], {
      cwd,
      env: { ...process.env, BATON_METRICS_PORT: "0", BATON_LOG_LEVEL: "info", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { stdout, stderr } = this.child;
    if (stdout) createInterface({ input: stdout }).on("line", (line) => this.#take(line));
    stderr?.on("data", (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    onTestFinished(() => {
      this.child.kill("SIGKILL");
    });
  }

  /** The first line that says so; fails with everything that was said when it does not come. */
  async says(msg: string): Promise<z.infer<typeof Line>> {
    const deadline = AbortSignal.timeout(START_TIMEOUT_MS);
    for (;;) {
      const found = this.lines.find((line) => line.msg === msg);
      if (found !== undefined) return found;
      await once(this.#change, "line", { signal: deadline }).catch(() => {
        throw new Error(`"${msg}" was not said: ${JSON.stringify(this.lines)} ${this.stderr}`);
      });
    }
  }

  async exitCode(): Promise<number | null> {
    if (this.child.exitCode === null) await once(this.child, "exit");
    return this.child.exitCode;
  }

  #take(line: string): void {
    this.lines.push(Line.parse(JSON.parse(line)));
    this.#change.emit("line");
  }
}

/** A cell of the test's own, and workers that serve it. */
function setup() {
  const engine = new TestEngine();
  onTestFinished(() => engine.close());
  const { url, keys, client } = engine.redis;
  const ofCell = {
    BATON_REDIS_URL: url,
    BATON_CELL: keys.tag.slice(1, -1),
    BATON_LOCK_DURATION: "1500ms",
    BATON_STALLED_INTERVAL: "500ms",
    BATON_HTTP_ALLOW_PRIVATE: "127.0.0.1",
  };
  const startWorker = async (env: Readonly<Record<string, string>> = {}, cwd = root) => {
    const worker = new WorkerProcess({ ...ofCell, ...env }, cwd);
    const { health } = Health.parse(await worker.says("worker started"));
    await worker.says("announced");
    return Object.assign(worker, { health });
  };
  return { engine, startWorker, directory: redisWorkerDirectory({ client, keys }) };
}

/** A server that responds when the test says so: a step that calls it runs for as long as the test needs. */
async function gate() {
  const change = new EventEmitter();
  const server = createServer((_, response) => change.emit("call", response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = z.object({ port: z.number() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async called(): Promise<ServerResponse> {
      const [response] = await once(change, "call", { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
      return response;
    },
  };
}

test("a worker runs examples/hello and counts it in its metrics", async () => {
  const { engine, startWorker } = setup();
  const worker = await startWorker();
  const definition = parse(await readFile(`${root}/examples/hello/workflow.yaml`, "utf8"));
  const run = await engine.ended(await engine.start({ definition, input: { name: "Ada" } }));
  expect(run).toMatchObject({ status: "completed", output: "Hello, Ada! This was run hello." });
  const metrics = await (await fetch(`${worker.health}/metrics`)).text();
  expect(metrics).toContain('baton_runs_ended_total{workflow="hello",outcome="completed"} 1');
  expect(metrics).toContain('baton_steps_ended_total{workflow="hello",kind="action",outcome="completed"} 2');
  expect(metrics).toContain('baton_queue_wait_seconds_count{queue="steps.core"} 1');
  expect(metrics).toContain('baton_handoff_seconds_count{inline="true"} 1');
  expect(metrics).toMatch(/^baton_workers 1$/m);
  expect(metrics).toMatch(/^baton_queue_jobs\{queue="steps.core",state="active"\} 0$/m);
  expect(metrics).toMatch(/^baton_redis_round_trip_seconds 0\.\d+$/m);
});

test("on SIGTERM a worker finishes the running step, records it, leaves the directory, and exits with 0", async () => {
  const { engine, startWorker, directory } = setup();
  const { url, called } = await gate();
  const worker = await startWorker();
  expect((await fetch(`${worker.health}/readyz`)).status).toBe(200);
  const call = called();
  const id = await engine.start({ definition: callsGate(url) });
  const response = await call;
  worker.child.kill("SIGTERM");
  await worker.says("received a signal to stop");
  expect((await fetch(`${worker.health}/readyz`)).status).toBe(503);
  response.end("done");
  expect(await worker.exitCode()).toBe(0);
  expect(await directory.list()).toEqual([]);
  const [step] = await engine.reader.steps(id, ["call"], 0);
  expect(step?.record).toMatchObject({ s: "completed", a: 1 });
});

test("a step that outlasts the grace is handed back, and another worker repeats it without a failure counted", async () => {
  const { engine, startWorker } = setup();
  const { url, called } = await gate();
  const first = await startWorker({ BATON_SHUTDOWN_GRACE: "100ms" });
  const call = called();
  const id = await engine.start({ definition: callsGate(url) });
  await call;
  first.child.kill("SIGTERM");
  expect(await first.exitCode()).toBe(0);
  const again = called();
  await startWorker();
  (await again).end("done");
  const run = await engine.ended(id);
  expect(run).toMatchObject({ status: "completed", steps: [{ id: "call", status: "completed", attempts: 1 }] });
  const types = (await engine.reader.events(id, 0, 100)).map((event) => event.type);
  expect(types).toContain("step_handed_back");
  expect(types).not.toContain("step_retrying");
});

test("a worker killed in the middle of a step is found out, and another one repeats the step", async () => {
  const { engine, startWorker } = setup();
  const { url, called } = await gate();
  const first = await startWorker();
  const call = called();
  const id = await engine.start({ definition: callsGate(url) });
  await call;
  const again = called();
  await startWorker();
  first.child.kill("SIGKILL");
  (await again).end("done");
  expect(await engine.ended(id)).toMatchObject({ status: "completed" });
  const types = (await engine.reader.events(id, 0, 100)).map((event) => event.type);
  expect(types.filter((type) => type === "step_crashed")).toHaveLength(1);
  expect(types.filter((type) => type === "step_completed")).toHaveLength(1);
});

test("a worker loads the actions of a package in the user's project and logs what they log with run, step and attempt", async () => {
  const { engine, startWorker, directory } = setup();
  const env = { BATON_ACTIONS: "@acme/greetings", BATON_SECRET_GREETING_KEY: "open-sesame" };
  const worker = await startWorker(env, await userProject());
  const [announced] = await directory.list();
  expect(announced?.capabilities).toContain("greeting");
  const run = await engine.run({ greet: { action: "greeting.greet", with: { name: "Ada" } } });
  expect(run).toMatchObject({ status: "completed", output: { greet: "Hello, Ada" } });
  expect(await worker.says("greeted with [secret]")).toMatchObject({
    run: run.id,
    step: "greet",
    attempt: 1,
    level: "info",
  });
});

test("without Redis, a worker is alive, not ready, and can be scraped; then it continues", async () => {
  const server = await startRedisServer({ aof: true });
  onTestFinished(() => server.stop());
  const worker = new WorkerProcess({ BATON_REDIS_URL: server.url });
  const { health } = Health.parse(await worker.says("worker started"));
  await worker.says("announced");
  await server.kill();
  await vi.waitUntil(async () => (await fetch(`${health}/readyz`)).status === 503, { timeout: START_TIMEOUT_MS });
  expect((await fetch(`${health}/healthz`)).status).toBe(200);
  expect(await (await fetch(`${health}/metrics`)).text()).not.toMatch(/^baton_redis_memory_bytes /m);
  await server.restart();
  await vi.waitUntil(async () => (await fetch(`${health}/readyz`)).ok, { timeout: START_TIMEOUT_MS, interval: 100 });
});

test("a worker that is stopped during a Redis outage still exits", async () => {
  const server = await startRedisServer();
  onTestFinished(() => server.stop());
  const worker = new WorkerProcess({ BATON_REDIS_URL: server.url, BATON_SHUTDOWN_GRACE: "1s" });
  await worker.says("announced");
  await server.kill();
  worker.child.kill("SIGTERM");
  expect(await worker.exitCode()).not.toBeNull();
});

test("a Redis that may evict keys is refused", async () => {
  const server = await startRedisServer();
  onTestFinished(() => server.stop());
  const client = connectRedis({ url: server.url, role: "worker" });
  onTestFinished(() => client.disconnect());
  await client.config("SET", "maxmemory-policy", "allkeys-lru");
  const worker = new WorkerProcess({ BATON_REDIS_URL: server.url });
  expect(await worker.exitCode()).toBe(1);
  expect(worker.stderr).toContain("Set maxmemory-policy to noeviction");
});

test("settings with problems end the process with code 2 and all of them on standard error", async () => {
  const worker = new WorkerProcess({ BATON_CONCURRENCY: "many", BATON_SHUTDOWN_GRACE: "soon" });
  expect(await worker.exitCode()).toBe(2);
  expect(worker.stderr).toContain("BATON_CONCURRENCY");
  expect(worker.stderr).toContain("BATON_SHUTDOWN_GRACE");
});

test("a module that is not there ends the process with code 2 and its name", async () => {
  const worker = new WorkerProcess({ BATON_ACTIONS: `./${randomUUID()}.js` });
  expect(await worker.exitCode()).toBe(2);
  expect(worker.stderr).toContain("module not found");
});

const greetings = `
import { defineAction } from "@batonrun/core/actions";
import { z } from "zod";

export const greet = defineAction({
  name: "greeting.greet",
  capability: "greeting",
  effects: "none",
  input: z.object({ name: z.string() }),
  output: z.string(),
  run({ input, log, secrets }) {
    log.info("greeted with " + secrets.GREETING_KEY);
    return "Hello, " + input.name;
  },
});`;

/** A project with Baton, zod and a package of actions that has an entry for \`import\` only. */
async function userProject(): Promise<string> {
  const cwd = await mkdtemp(path.join(tmpdir(), "baton-project-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const modules = path.join(cwd, "node_modules");
  const acme = path.join(modules, "@acme/greetings");
  await Promise.all([mkdir(acme, { recursive: true }), mkdir(path.join(modules, "@batonrun"), { recursive: true })]);
  await symlink(path.join(root, "packages/core"), path.join(modules, "@batonrun/core"));
  await symlink(path.join(root, "node_modules/zod"), path.join(modules, "zod"));
  await writeFile(path.join(acme, "package.json"), JSON.stringify({ exports: { import: "./greet.mjs" } }));
  await writeFile(path.join(acme, "greet.mjs"), greetings);
  return cwd;
}

function callsGate(url: string) {
  return {
    apiVersion: "baton/v1",
    name: "gate",
    version: "1.0.0",
    steps: { call: { action: "http.request", with: { url } } },
  };
}
