import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { BashSession } from "./docs/bash-session.js";
import { type Command, commandsOf } from "./docs/fences.js";
import { expectPrinted } from "./docs/printed-output.js";
import { copyRepository } from "./docs/repository-copy.js";
import { freePort } from "./harness/free-port.js";

const page = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");
const READY = "Press Ctrl-C to stop.";
const STOPPING_MS = 45_000;

/** A clone of its own, on ports of its own. The page's ports are replaced by those, in commands and in what they print. */
async function setup() {
  const clone = copyRepository();
  onTestFinished(() => clone.remove());
  const [port, metricsPort] = [await freePort(), await freePort()];
  // A person's shell: not what npm hands to the scripts that it runs, such as how much it may say.
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|BATON_(REDIS_URL|ACTIONS)$)/.test(name));
  const inherited = Object.fromEntries(own);
  const env = {
    ...inherited,
    BATON_PORT: String(port),
    BATON_METRICS_PORT: String(metricsPort),
    BATON_SERVER: `http://127.0.0.1:${port}`,
  };
  const terminal = new BashSession(clone.path, env);
  onTestFinished(() => terminal.close());
  const here = (text: string) =>
    text.replaceAll("127.0.0.1:3000", `127.0.0.1:${port}`).replaceAll("9464", String(metricsPort));
  return { cwd: clone.path, env, terminal, here };
}

/** The terminal in which `npm start` runs: typed again it is stopped first, as with Ctrl-C. */
class StartTerminal {
  #child: ChildProcess | null = null;

  constructor() {
    onTestFinished(() => this.stop());
  }

  /** What it prints until it is ready. */
  async start(command: string, options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }): Promise<string> {
    await this.stop();
    const child = spawn("bash", ["-c", command], { ...options, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    let output = "";
    return await new Promise((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk: Buffer) => {
          output += chunk.toString();
          if (output.includes(READY)) resolve(output);
        });
      }
      child.once("exit", (code) => reject(new Error(`\`${command.trim()}\` ended with ${code}:\n${output}`)));
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child?.pid === undefined || child.exitCode !== null) return;
    const closed = once(child, "close", { signal: AbortSignal.timeout(STOPPING_MS) });
    process.kill(-child.pid, "SIGINT");
    await closed;
  }
}

test("every command of the README does what the README shows, in order, on a fresh clone", async () => {
  const commands = commandsOf(page);
  expect(commands.length).toBeGreaterThan(12);
  expect(commands.filter(({ output }) => output !== null).length).toBeGreaterThan(8);
  const { cwd, env, terminal, here } = await setup();
  const starting = new StartTerminal();
  for (const command of commands) {
    const text = here(command.text);
    const printed = isStart(command) ? await starting.start(text, { cwd, env }) : await terminal.run(text);
    const shown = command.output;
    if (shown === null) continue;
    expectPrinted(
      { ...shown, text: here(shown.text) },
      printed.replaceAll("\r\n", "\n"),
      `README.md:${shown.line}\n${command.text}`,
    );
  }
}, 300_000);

function isStart({ text }: Command): boolean {
  return /(^|\s)npm start$/.test(text.trim());
}
