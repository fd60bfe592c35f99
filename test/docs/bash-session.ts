import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TIMEOUT_MS = 60_000;

/** One bash with `set -e`: what a block sets, the next one has. */
export class BashSession {
  readonly #child: ChildProcess;
  readonly #scripts = mkdtempSync(join(tmpdir(), "baton-tour-"));
  #count = 0;
  #output = "";
  #errors = "";

  constructor(cwd: string, env: NodeJS.ProcessEnv) {
    this.#child = spawn("bash", ["--noprofile", "--norc"], { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    this.#child.stdin?.on("error", () => undefined); // it ended: `run` tells
    this.#child.stdin?.write("set -e\n");
  }

  /** What the commands print; fails with what they said to stderr when one of them does. */
  async run(commands: string): Promise<string> {
    this.#count += 1;
    const script = join(this.#scripts, `${this.#count}.sh`);
    const mark = `-- end of block ${this.#count} --\n`;
    writeFileSync(script, commands);
    this.#output = "";
    this.#errors = "";
    this.#child.stdin?.write(`source '${script}' </dev/null\nprintf '%s' '${mark}'\n`);
    await this.#until(() => this.#output.endsWith(mark), commands);
    return this.#output.slice(0, -mark.length);
  }

  close(): void {
    this.#child.kill("SIGKILL");
    rmSync(this.#scripts, { recursive: true });
  }

  #until(isDone: () => boolean, commands: string): Promise<void> {
    const { stdout } = this.#child;
    return new Promise((resolve, reject) => {
      const settle = (how: string | null) => {
        clearTimeout(timer);
        stdout?.off("data", look);
        this.#child.off("close", ended);
        if (how === null) resolve();
        else reject(new Error(`${how}:\n${commands}\nIt printed:\n${this.#output}\n${this.#errors}`));
      };
      const look = () => {
        if (isDone()) settle(null);
      };
      const ended = () => settle("a command failed");
      const timer = setTimeout(() => settle(`not done after ${TIMEOUT_MS} ms`), TIMEOUT_MS);
      stdout?.on("data", look);
      this.#child.once("close", ended);
      if (this.#child.exitCode !== null) ended();
    });
  }
}
