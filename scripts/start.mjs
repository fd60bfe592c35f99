/**
 * `npm start`: starts Redis, the API, and a worker locally, analyzes a sample document, and serves until Ctrl-C.
 * `npm start -- --once` ends after the example with its exit code and leaves nothing behind.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureDependencies } from "./dependencies.mjs";
import { fromSource, root, runMain, Stop } from "./processes.mjs";
import { serveUntil, startServices } from "./stack.mjs";

const example = ["examples/document-analysis/workflow.yaml", "-i", "@examples/document-analysis/input.json"];

await runMain(async () => {
  const isOnce = readArguments(process.argv.slice(2));
  const signal = interruption();
  ensureDependencies();
  const dir = isOnce ? mkdtempSync(join(tmpdir(), "baton-once-")) : join(root, ".baton");
  mkdirSync(dir, { recursive: true });
  /** @type {{ stop(): Promise<void> }[]} */
  const stack = [];
  try {
    const services = await startServices({ dir, signal, stack });
    const code = await runExample(services.url, signal);
    if (isOnce) return code;
    if (code !== 0) console.log(`\nThe example ended with exit code ${code}. Baton keeps running.`);
    printAddresses(services);
    await serveUntil(services.apps, signal);
    return 0;
  } catch (error) {
    if (signal.aborted) return 130;
    throw error;
  } finally {
    if (!isOnce) console.log("\nStopping. The worker finishes its running steps or returns them to the queue.");
    for (const started of stack.reverse()) await started.stop();
    if (isOnce) rmSync(dir, { recursive: true, force: true });
  }
});

/** @param {readonly string[]} args @returns {boolean} whether to end after the example */
function readArguments(args) {
  const unknown = args.find((arg) => arg !== "--once");
  if (unknown === undefined) return args.length > 0;
  throw new Stop(`Unknown argument "${unknown}". Use \`npm start\` or \`npm start -- --once\`.`);
}

/** Aborted by the first Ctrl-C or kill; what we started is then stopped in order. */
function interruption() {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => controller.abort());
  return controller.signal;
}

/** @param {string} url @param {AbortSignal} signal @returns {Promise<number>} the exit code, which reports the outcome */
async function runExample(url, signal) {
  console.log("Running examples/document-analysis\n");
  const child = spawn(process.execPath, [...fromSource, "apps/cli/src/main.ts", "run", ...example], {
    cwd: root,
    env: { ...process.env, BATON_SERVER: url },
    stdio: "inherit",
    signal,
  });
  const [code] = await once(child, "exit");
  signal.throwIfAborted();
  return code ?? 1;
}

/** @param {{ readonly url: string, readonly metricsPort: number }} services */
function printAddresses({ url, metricsPort }) {
  console.log(`
Baton is running:
  API         ${url}/v1
  Reference   ${url}/docs
  Queues      ${url}/admin/queues
  Metrics     ${url}/metrics (API), port ${metricsPort} (worker)
  Logs        .baton/logs

Press Ctrl-C to stop.`);
}
