import { EventEmitter, once } from "node:events";
import type { AnnouncedWorker, WorkerDirectory } from "@batonrun/core";
import { type Action, defineAction } from "@batonrun/core/actions";
import { createLog } from "@batonrun/node/log";
import { expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { announcedAction, startAnnouncing } from "./announce.js";

const worker: AnnouncedWorker = {
  id: "w1",
  host: "box",
  pid: 1,
  startedAt: 0,
  capabilities: ["text"],
  concurrency: 10,
  graphFormats: [1],
  actions: [],
};

/** An in-memory directory that can be unavailable and records the order of its calls. */
function directoryFake() {
  const calls: string[] = [];
  let isAway = false;
  const directory: WorkerDirectory = {
    async announce({ id }, leaseMs) {
      if (isAway) throw new Error("Redis is unavailable");
      calls.push(`announce ${id} ${leaseMs}`);
    },
    async withdraw(id) {
      calls.push(`withdraw ${id}`);
    },
    list: async () => [],
  };
  return { directory, calls, away: (value: boolean) => (isAway = value) };
}

function setup(fake = directoryFake()) {
  const lines: string[] = [];
  const log = createLog({
    process: "worker",
    level: "info",
    destination: { write: (line) => lines.push(JSON.parse(line).msg) },
  });
  const announcer = startAnnouncing({ directory: fake.directory, worker, log, intervalMs: 5, leaseMs: 15_000 });
  onTestFinished(() => announcer.stop());
  return { ...fake, announcer, lines };
}

test("a worker announces itself at once and renews its lease until it stops, and then it is gone for good", async () => {
  const { announcer, calls } = setup();
  await vi.waitUntil(() => calls.length >= 3);
  expect(announcer.isAnnounced()).toBe(true);
  expect(new Set(calls)).toEqual(new Set(["announce w1 15000"]));
  await announcer.stop();
  expect(calls.at(-1)).toBe("withdraw w1");
  expect(announcer.isAnnounced()).toBe(false);
});

test("an outage is logged once, and the worker announces itself again afterwards", async () => {
  const { announcer, away, lines } = setup();
  await vi.waitUntil(() => announcer.isAnnounced());
  away(true);
  await vi.waitUntil(() => !announcer.isAnnounced());
  away(false);
  await vi.waitUntil(() => announcer.isAnnounced());
  expect(lines).toEqual(["announced", "cannot announce this worker; retrying", "announced"]);
});

test("stopping while an announcement is under way withdraws after it (AN1, AN2)", async () => {
  const { directory, calls } = directoryFake();
  const directoryBell = new EventEmitter();
  const begun = once(directoryBell, "begun");
  const slow: WorkerDirectory = {
    ...directory,
    async announce(announced, leaseMs) {
      const answered = once(directoryBell, "answer");
      queueMicrotask(() => directoryBell.emit("begun"));
      await answered;
      await directory.announce(announced, leaseMs);
    },
  };
  const { announcer } = setup({ directory: slow, calls, away: () => false });
  await begun;
  const stopped = announcer.stop();
  directoryBell.emit("answer");
  await stopped;
  expect(calls).toEqual(["announce w1 15000", "withdraw w1"]);
});

test("stopping ends although the directory does not answer", async () => {
  const { directory, calls } = directoryFake();
  const mute: WorkerDirectory = { ...directory, withdraw: () => new Promise(() => undefined) };
  const { announcer, lines } = setup({ directory: mute, calls, away: () => false });
  await vi.waitUntil(() => announcer.isAnnounced());
  await announcer.stop();
  expect(lines).toContain("this worker is still announced until its lease expires");
});

test("an action is announced with the schema of what it takes and of what steps see of its result", () => {
  const action = defineAction({
    name: "math.double",
    capability: "math",
    effects: "none",
    input: z.object({ n: z.number().default(1) }),
    output: z.object({ result: z.number() }),
    run: ({ input }) => ({ result: input.n * 2 }),
  });
  expect(announcedAction(action)).toMatchObject({
    name: "math.double",
    capability: "math",
    effects: "none",
    input: { type: "object", properties: { n: { type: "number", default: 1 } } },
    output: { type: "object", properties: { result: { type: "number" } }, required: ["result"] },
  });
});

test("what JSON Schema cannot say is left open, and a schema of another library is left out", () => {
  const open = defineAction({
    name: "core.when",
    capability: "core",
    input: z.object({ at: z.date(), shape: z.string().transform((text) => text.length) }),
    output: z.bigint(),
    run: () => 1n,
  });
  expect(announcedAction(open)).toMatchObject({
    input: { properties: { at: {}, shape: { type: "string" } } },
    output: {},
  });
  // A module may be built against another zod; the types of this one do not know that.
  const foreign = { parse: () => 1 } as unknown as z.ZodType;
  const action: Action = { name: "core.old", capability: "core", effects: "none", input: foreign, run: async () => 1 };
  expect(announcedAction(action)).toEqual({ name: "core.old", capability: "core", effects: "none" });
});
