import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Action, ActionContext, ActionOptions } from "@batonrun/core/actions";
import { expect, onTestFinished, test } from "vitest";
import type { z } from "zod";
import { loadActions } from "./load-actions.js";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const page = await readFile(path.join(root, "docs/reference/writing-actions.md"), "utf8");

/** A project of a user's that has Baton and zod installed, with the page's example in it. */
async function loadExample(): Promise<Action> {
  const cwd = await mkdtemp(path.join(tmpdir(), "baton-example-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  await mkdir(path.join(cwd, "node_modules/@batonrun"), { recursive: true });
  await symlink(path.join(root, "packages/core"), path.join(cwd, "node_modules/@batonrun/core"));
  await symlink(path.join(root, "node_modules/zod"), path.join(cwd, "node_modules/zod"));
  const example = /^```js\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? "";
  await writeFile(path.join(cwd, "actions.mjs"), example);
  const loaded = await loadActions(["./actions.mjs"], cwd);
  const action = loaded[0]?.action;
  if (action === undefined) throw new Error("the example exports no action");
  return action;
}

function contextOf(input: unknown): ActionContext<unknown> {
  const quiet = () => undefined;
  return {
    input,
    signal: new AbortController().signal,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    progress: quiet,
    idempotencyKey: "k",
    attempt: 1,
    secrets: {},
  };
}

test("the example of the page loads and checks its input", async () => {
  const action = await loadExample();
  expect(action).toMatchObject({ name: "money.convert", capability: "money", effects: "none" });
  await expect(action.run(contextOf({ amount: "1" }))).rejects.toMatchObject({ type: "validation", retryable: false });
});

test("the page lists every key of an action and of what it is handed, and no other", () => {
  const named = [...page.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
  const options: Record<keyof ActionOptions<z.ZodType, z.ZodType>, true> = {
    name: true,
    capability: true,
    effects: true,
    input: true,
    output: true,
    run: true,
  };
  expect(named).toEqual([...Object.keys(options), ...Object.keys(contextOf(null))]);
});
