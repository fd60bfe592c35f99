import type { AnnouncedWorker, WorkerDirectory } from "@batonrun/core";
import { defineAction } from "@batonrun/core/actions";
import { createMetrics } from "@batonrun/core/metrics";
import { createLog } from "@batonrun/node/log";
import { expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { createWorker, type Engine, type WorkerDeps } from "./app.js";
import { readConfig } from "./config.js";

const double = defineAction({
  name: "math.double",
  capability: "math",
  effects: "none",
  input: z.object({ n: z.number() }),
  output: z.number(),
  run: ({ input }) => input.n * 2,
});

/** Ports that note in which order they were used. */
function setup(env: Readonly<Record<string, string>> = {}, engineEnds: Promise<void> = Promise.resolve()) {
  const calls: string[] = [];
  const announced: AnnouncedWorker[] = [];
  const directory: WorkerDirectory = {
    async announce(worker) {
      calls.push("announce");
      announced.push(worker);
    },
    async withdraw() {
      calls.push("withdraw");
    },
    list: async () => announced,
  };
  const engine: Engine = {
    isHealthy: () => true,
    async close({ graceMs }) {
      calls.push(`close ${graceMs}`);
      await engineEnds;
      calls.push("closed");
    },
  };
  const deps: WorkerDeps = {
    config: readConfig({ BATON_METRICS_PORT: "0", ...env }),
    actions: new Map([[double.name, double]]),
    async startEngine() {
      calls.push("start");
      return engine;
    },
    directory,
    metrics: createMetrics({ process: "worker", version: "0", sources: { monotonicMs: () => 0 } }),
    redis: { ping: async () => "PONG", info: async () => "" },
    clock: { now: () => 1_700_000_000_000 },
    log: createLog({ process: "worker", level: "silent" }),
    machine: { host: "box", pid: 7 },
    id: "w1",
  };
  return { deps, calls, announced };
}

async function started(env?: Readonly<Record<string, string>>, engineEnds?: Promise<void>) {
  const world = setup(env, engineEnds);
  const worker = await createWorker(world.deps);
  onTestFinished(() => worker.stop());
  return { ...world, worker };
}

test("a started worker is announced with what it can run, and is ready", async () => {
  const { worker, announced } = await started();
  await vi.waitUntil(async () => (await fetch(`${worker.healthUrl}/readyz`)).ok);
  expect(announced[0]).toEqual({
    id: "w1",
    host: "box",
    pid: 7,
    startedAt: 1_700_000_000_000,
    capabilities: ["math"],
    concurrency: 10,
    graphFormats: [1],
    actions: [expect.objectContaining({ name: "math.double", capability: "math", effects: "none" })],
  });
});

test("configured capabilities override those of the actions", async () => {
  const { announced } = await started({ BATON_CAPABILITIES: "text,gpu", BATON_METRICS_PORT: "off" });
  expect(announced[0]?.capabilities).toEqual(["text", "gpu"]);
});

test("stopping withdraws the worker, closes the engine with the grace, and ends the server last (WA2, WA3)", async () => {
  const { worker, calls } = await started({ BATON_SHUTDOWN_GRACE: "3s" });
  await vi.waitUntil(() => calls.includes("announce"));
  await Promise.all([worker.stop(), worker.stop()]);
  const stopping = calls.filter((what) => what !== "announce");
  expect(stopping.toSorted()).toEqual(["close 3000", "closed", "start", "withdraw"]);
  await expect(fetch(`${worker.healthUrl}/healthz`)).rejects.toThrow("fetch failed");
});

test("while running steps finish, the worker is not ready and can still be scraped", async () => {
  let end: (() => void) | undefined;
  const { worker } = await started({}, new Promise((resolve) => (end = resolve)));
  const stopped = worker.stop();
  const ready = await fetch(`${worker.healthUrl}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ checks: { accepting: false, announced: false } });
  expect(await (await fetch(`${worker.healthUrl}/metrics`)).text()).toContain('baton_info{process="worker"');
  end?.();
  await stopped;
});

test("a worker may run without a port", async () => {
  const { worker } = await started({ BATON_METRICS_PORT: "off" });
  expect(worker.healthUrl).toBeNull();
});

test("a worker whose port is taken does not start, and nobody counts on it (WA1)", async () => {
  const first = await started();
  const port = new URL(first.worker.healthUrl ?? "").port;
  const second = setup({ BATON_METRICS_PORT: port });
  await expect(createWorker(second.deps)).rejects.toThrow(`BATON_METRICS_PORT ${port}`);
  expect(second.calls).toContain("withdraw");
  expect(second.calls).toContain("closed");
});
