import { describe, expect, test } from "vitest";
import { checkLayers, coreLayers } from "./layers.js";

function violationsOf(path: string, text: string): readonly string[] {
  return checkLayers([{ path, text }]).map(({ line, what }) => `${line}: ${what}`);
}

describe("a planted violation is found", () => {
  test.each([
    ["graph to redis", "packages/core/src/graph/a.ts", 'import { keys } from "../redis/keys.js";'],
    [
      "redis to execution",
      "packages/core/src/redis/a.ts",
      'import { executeStep } from "../execution/execute-step.js";',
    ],
    ["redis to actions", "packages/core/src/redis/a.ts", 'import { GIVE_UP_MS } from "../actions/call-action.js";'],
    ["api to execution", "apps/api/src/app.ts", 'import { executeStep } from "@batonrun/core/execution";'],
    [
      "a type is an import, too",
      "packages/core/src/run/a.ts",
      'import type { A } from "../execution/execute-step.js";',
    ],
    ["a re-export", "packages/core/src/graph/a.ts", 'export * from "../run/run.js";'],
    ["an import at run time", "packages/core/src/run/a.ts", 'await import("../redis/store.js");'],
    ["a type by import()", "packages/core/src/run/a.ts", 'type A = import("../redis/store.js").A;'],
    ["core's own index", "packages/core/src/run/a.ts", 'import { A } from "../index.js";'],
    ["a folder that no rule knows", "packages/core/src/misplaced/a.ts", 'import { A } from "../run/run.js";'],
    ["verify in a program", "packages/core/src/redis/a.ts", 'import { A } from "@batonrun/verify";'],
    ["BullMQ outside bullmq/", "packages/core/src/execution/a.ts", 'import { Queue } from "bullmq";'],
    ["ioredis in an app", "apps/api/src/app.ts", 'import { Redis } from "ioredis";'],
    ["vitest in a program", "packages/core/src/run/a.ts", 'import { test } from "vitest";'],
    ["api to steps", "apps/api/src/app.ts", 'import { defineAction } from "@batonrun/core/actions";'],
    ["a program to its testing/", "apps/cli/src/run.ts", 'import { world } from "./testing/cli-world.js";'],
    ["a program to another's testing", "apps/cli/src/run.ts", 'import { fake } from "@batonrun/client/testing";'],
    ["api to worker", "apps/api/src/app.ts", 'import { actions } from "@batonrun/worker";'],
    ["cli to engine", "apps/cli/src/run.ts", 'import { startRun } from "@batonrun/core/engine";'],
    ["another workspace by path", "apps/cli/src/run.ts", 'import { A } from "../../../packages/core/src/run/run.js";'],
  ])("%s", (_name, path, text) => {
    expect(violationsOf(path, `// first line\n${text}\n`)).toEqual([expect.stringMatching(/^2: imports /)]);
  });
});

describe("what the layers allow passes", () => {
  test.each([
    ["the folder itself", "packages/core/src/graph/a.ts", 'import { A } from "./graph.js";'],
    ["a folder before it", "packages/core/src/execution/a.ts", 'import { A } from "../run/run.js";'],
    ["the contract", "packages/core/src/definition/a.ts", 'import { A } from "@batonrun/contract";'],
    ["index to everything", "packages/core/src/index.ts", 'export { A } from "./redis/keys.js";'],
    ["a test to verify", "packages/core/src/run/a.test.ts", 'import { A } from "@batonrun/verify";'],
    ["a test to another's testing", "apps/cli/src/run.test.ts", 'import { fake } from "@batonrun/client/testing";'],
    ["testing/ to another's", "apps/cli/src/testing/world.ts", 'import { fake } from "@batonrun/client/testing";'],
    ["BullMQ in bullmq/", "packages/core/src/bullmq/a.ts", 'import { Worker } from "bullmq";'],
    ["a word in a string", "packages/core/src/run/a.ts", "const a = 'import { Queue } from \"bullmq\"';"],
    ["a name that begins alike", "packages/core/src/run/a.ts", 'import { A } from "bullmq-otel";'],
    ["tests across processes", "test/a.test.ts", 'import { A } from "@batonrun/core/redis";'],
  ])("%s", (_name, path, text) => {
    expect(violationsOf(path, text)).toEqual([]);
  });
});

test("no folder may import one that stands after it", () => {
  const order = Object.keys(coreLayers);
  for (const [folder, { mayImport }] of Object.entries(coreLayers)) {
    const before = order.slice(0, order.indexOf(folder));
    expect(before).toEqual(expect.arrayContaining([...mayImport]));
  }
});

test("a violation tells the reason", () => {
  const [violation] = checkLayers([
    { path: "packages/core/src/graph/a.ts", text: 'import { A } from "../redis/keys.js";' },
  ]);
  expect(violation?.todo).toBe(coreLayers["graph"]?.because);
});
