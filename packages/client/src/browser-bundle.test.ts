import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { eventStream, helloLog, RUN_ID, runView } from "./testing/run-scripts.js";
import { startScriptedServer } from "./testing/scripted-server.js";

/**
 * Minified, not compressed; nearly all of it is zod. The contract imports `* as z`: with `{ z }`, no bundler can leave out
 * zod's translations, and the contract takes 472 kB instead of 115.
 */
const budgets = [
  { name: "contract", entry: "../../contract/src/index.ts", maxKilobytes: 120 },
  { name: "client", entry: "./index.ts", maxKilobytes: 130 },
];

/** Throws if anything imports a builtin of Node.js: esbuild resolves none for this platform. */
async function bundle(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    platform: "browser",
    format: "iife",
    globalName: "bundle",
    conditions: ["source"],
    logLevel: "silent",
  });
  return result.outputFiles[0]?.text ?? "";
}

test.each(budgets)("a browser bundle of the $name takes at most $maxKilobytes kB", async ({ entry, maxKilobytes }) => {
  const text = await bundle(entry);
  expect(text.length / 1_000).toBeLessThan(maxKilobytes);
  expect(text.length / 1_000).toBeGreaterThan(maxKilobytes * 0.9);
});

/** The globals that the client may use: no `process`, no `Buffer`, no `require`. */
const webGlobals = {
  ...{ AbortController, AbortSignal, ReadableStream, TextDecoder, URL, URLSearchParams },
  ...{ clearTimeout, crypto, fetch, setTimeout },
};

test("the client runs with only the globals of a browser", async () => {
  const server = await startScriptedServer();
  onTestFinished(() => server.close());
  const { steps: _steps, ...summary } = runView();
  server.on("POST /v1/runs", { status: 202, json: summary });
  server.on(`GET /v1/runs/${RUN_ID}/events`, { stream: (response) => response.end(eventStream(helloLog)) });
  server.on(`GET /v1/runs/${RUN_ID}`, { json: runView() });
  const context = createContext({ ...webGlobals, server: server.url });
  const script = `${await bundle("./index.ts")};
    bundle.createBatonClient({ server }).runs.startAndWait({ workflow: "hello" }).then(JSON.stringify)`;
  expect(JSON.parse(await runInContext(script, context))).toEqual(runView());
});
