import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { z } from "zod";
import { wrappedKeys, wrappedScripts } from "./scripts.js";

/**
 * The scripts that ours are fused around, as they were read when that was written. A digest that differs means that BullMQ
 * changed a script: read what changed, look at every use of it in bullmq/lua, and only then write the new digest here.
 */
const readAtVersion = "6.7.0";
const digests = {
  addStandardJob: "2eee45c9ffc54d24",
  addPrioritizedJob: "d4652d1be004a3d7",
  addDelayedJob: "e47c0db3c46bd84a",
  addParentJob: "19780e843859d4d8",
  moveToActive: "7d35069db0b831af",
  moveToFinished: "8e744ec5d65dbe9e",
  moveToDelayed: "1a7b9311ef92fd66",
  removeJob: "f2acb16fda20ccac",
  releaseParentIfNoPendingDependencies: "a7f55f8eafeb764e",
} as const;

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

test("BullMQ is the version whose scripts were read", () => {
  const packageFile: unknown = createRequire(import.meta.url)("bullmq/package.json");
  expect(z.object({ version: z.string() }).parse(packageFile).version).toBe(readAtVersion);
});

test("every script that is wrapped is still the text that was read", () => {
  const found = Object.fromEntries(Object.entries(wrappedScripts()).map(([name, text]) => [name, digestOf(text)]));
  expect(found).toEqual(digests);
});

test("every script documents as many keys as it is handed", () => {
  for (const [name, text] of Object.entries(wrappedScripts())) {
    const documented = [...text.matchAll(/^ +KEYS\[(\d+)\]/gm)].map((match) => Number(match[1]));
    const keys = wrappedKeys[z.enum(Object.keys(wrappedKeys) as [keyof typeof wrappedKeys]).parse(name)];
    expect([name, Math.max(...documented)]).toEqual([name, keys.length]);
  }
});
