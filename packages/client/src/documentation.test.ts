import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createBatonClient } from "./client.js";

const page = readFileSync(new URL("../../../docs/reference/client.md", import.meta.url), "utf8");

test("the reference names every call, and none that there is not", () => {
  const { runs, workflows } = createBatonClient();
  const calls = [
    ...Object.keys(runs).map((name) => `runs.${name}`),
    ...Object.keys(workflows).map((name) => `workflows.${name}`),
    "workers",
    "queues",
  ];
  const documented = [...page.matchAll(/^\| `([a-zA-Z.]+)\(/gm)].map(([, name]) => name);
  expect(documented.toSorted()).toEqual(calls.toSorted());
});
