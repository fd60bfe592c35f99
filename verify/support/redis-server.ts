/**
 * A real Redis of a test's own.
 *
 * RS1 `startRedisServer` answers only when the server answers PING.
 * RS2 the url stays the same over `kill` and `restart`; with `aof` so does the data.
 * RS3 after `stop` neither the process nor a directory made here remains.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export interface RedisServerOptions {
  /** Keep every write in an append-only file, synced at once, so that `restart` finds it again. Default: false. */
  readonly aof?: boolean;
  /** Where it keeps its files. Default: a temporary directory that `stop` removes. */
  readonly dir?: string;
  /** Default: a free port on 127.0.0.1. */
  readonly port?: number;
}

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends it in good order. A second call does nothing. */
  stop(): Promise<void>;
  /** Ends it by a signal (default SIGKILL) and waits until it is gone; `restart` brings it back. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and directory, ending it in good order first where it still runs. */
  restart(): Promise<void>;
}

const START_TIMEOUT_MS = 10_000;

/**
 * Starts a private `redis-server` (or `valkey-server`) from PATH.
 *
 * @example
 * const server = await startRedisServer({ aof: true });
 * await server.kill("SIGKILL");
 * await server.restart();
 * await server.stop();
 */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), "baton-redis-")));
  const port = options.port ?? (await freePort());
  const args = serverArguments({ port, dir, aof: options.aof ?? false });
  let child = await launch(args, port);
  process.once("exit", reap);

  function reap(): void {
    child.kill("SIGKILL");
  }

  async function kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    async stop() {
      await kill("SIGTERM");
      process.off("exit", reap);
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
    },
    async restart() {
      await kill("SIGTERM");
      child = await launch(args, port);
    },
  };
}

function serverArguments(server: { readonly port: number; readonly dir: string; readonly aof: boolean }): string[] {
  const durability = server.aof ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--appendonly", "no"];
  return [
    ...["--bind", "127.0.0.1", "--port", String(server.port), "--dir", server.dir, "--save", ""],
    ...["--maxmemory-policy", "noeviction", "--daemonize", "no", "--loglevel", "warning"],
    ...durability,
  ];
}

async function launch(args: readonly string[], port: number): Promise<ChildProcess> {
  const child = await spawnFirst(["redis-server", "valkey-server"], args);
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-2_000);
  });
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && performance.now() < deadline) {
    if (await answersPing(port)) return child;
    await delay(20);
  }
  child.kill("SIGKILL");
  throw new Error(`redis-server did not answer on port ${port} within ${START_TIMEOUT_MS} ms. It said:\n${output}`);
}

/** The first of the commands that is on PATH. */
async function spawnFirst(commands: readonly string[], args: readonly string[]): Promise<ChildProcess> {
  for (const command of commands) {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    const isSpawned = await once(child, "spawn").then(
      () => true,
      () => false,
    );
    if (isSpawned) return child;
  }
  throw new Error(`None of ${commands.join(", ")} is on PATH. \`npm test\` installs one where it may.`);
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.once("data", (reply) => settle(reply.toString().startsWith("+PONG")));
    socket.once("error", () => settle(false));
    socket.setTimeout(1_000, () => settle(false));
    function settle(isUp: boolean): void {
      socket.destroy();
      resolve(isUp);
    }
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
