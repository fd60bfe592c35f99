import { expect, test } from "vitest";
import type { AnnouncedWorker } from "../ports/directory.js";
import { Capabilities } from "./capabilities.js";

const worker: AnnouncedWorker = {
  id: "w",
  host: "h",
  pid: 1,
  startedAt: 0,
  capabilities: ["text"],
  concurrency: 1,
  graphFormats: [1],
  actions: [{ name: "text.extract", capability: "text", effects: "none" }],
};
const clock = { now: () => 0 };

test("concurrent refreshes share one read", async () => {
  let answer: (workers: readonly AnnouncedWorker[]) => void = () => undefined;
  let reads = 0;
  const list = () => {
    reads += 1;
    return new Promise<readonly AnnouncedWorker[]>((resolve) => {
      answer = resolve;
    });
  };
  const capabilities = new Capabilities(new Map(), { workers: { list }, clock });
  const found = [1, 2, 3].map(async () => {
    await capabilities.refresh();
    return capabilities.of("text.extract");
  });
  answer([worker]);
  expect(await Promise.all(found)).toEqual(["text", "text", "text"]);
  expect(reads).toBe(1);
});

test("a failed read is repeated at the next refresh", async () => {
  const answers = [() => Promise.reject(new Error("away")), () => Promise.resolve([worker])];
  const list = () => answers.shift()?.() ?? Promise.resolve([]);
  const capabilities = new Capabilities(new Map(), { workers: { list }, clock });
  await expect(capabilities.refresh()).rejects.toThrow("away");
  await capabilities.refresh();
  expect(capabilities.of("text.extract")).toBe("text");
});
