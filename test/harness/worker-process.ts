import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { z } from "zod";

const root = fileURLToPath(new URL("../..", import.meta.url));
const Line = z.looseObject({ msg: z.string() });
type Line = z.infer<typeof Line>;
const TIMEOUT_MS = 20_000;

/** The worker app as a process of its own, killed at the latest when the test is over. */
export class WorkerProcess {
  readonly child: ChildProcess;
  readonly lines: Line[] = [];
  #stderr = "";
  readonly #bell = new EventEmitter();

  constructor(env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, ["--conditions=source", "--import", "tsx", "apps/worker/src/main.ts"], {
      cwd: root,
      env: { ...process.env, BATON_METRICS_PORT: "0", BATON_LOG_LEVEL: "info", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { stdout, stderr } = this.child;
    if (stdout) createInterface({ input: stdout }).on("line", (line) => this.#take(line));
    stderr?.on("data", (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    onTestFinished(() => {
      this.child.kill("SIGKILL");
    });
  }

  /** The first line that says so; fails with all that was said when it does not come. */
  async says(msg: string): Promise<Line> {
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    for (;;) {
      const found = this.lines.find((line) => line.msg === msg);
      if (found !== undefined) return found;
      await once(this.#bell, "line", { signal: deadline }).catch(() => {
        throw new Error(`"${msg}" was not said: ${JSON.stringify(this.lines)} ${this.#stderr}`);
      });
    }
  }

  /** As a machine that loses its power. */
  async kill9(): Promise<void> {
    const gone = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await gone;
  }

  #take(line: string): void {
    this.lines.push(Line.parse(JSON.parse(line)));
    this.#bell.emit("line");
  }
}

/** A server whose callers wait until the test answers them: a step that calls it is at work for as long as the test wants. */
export async function gate() {
  const waiting: ServerResponse[] = [];
  const bell = new EventEmitter();
  const keys: string[] = [];
  const server = createServer((request, response) => {
    keys.push(String(request.headers["idempotency-key"]));
    waiting.push(response);
    bell.emit("call");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    /** The Idempotency-Key of every call so far. */
    keys,
    /** The next caller; fails when none comes. */
    async called(): Promise<ServerResponse> {
      const deadline = AbortSignal.timeout(TIMEOUT_MS);
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) return next;
        await once(bell, "call", { signal: deadline });
      }
    },
  };
}
