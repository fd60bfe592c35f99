import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createBatonClient } from "@batonrun/client";
import { z } from "zod";
import { CliError } from "../cli-error.js";
import { type Context, command, Flag, TextList } from "../command.js";
import { prefixedLines } from "../dev/log-lines.js";
import { findRepository, type Repository } from "../dev/repository.js";
import { type StartedApp, startApp } from "../dev/started-app.js";
import { exitCodes } from "../exit-codes.js";
import type { Io } from "../io.js";
import type { Printer } from "../report/printer.js";

const Port = z
  .string()
  .regex(/^[0-9]{1,5}$/, "must be a port number from 0 to 65535")
  .transform(Number)
  .refine((port) => port <= 65_535, "must be a port number from 0 to 65535")
  .optional();

export const devCommand = command({
  path: "dev",
  description: "Start Redis, the API, and a worker from source, and print their logs",
  details: [
    "Uses the Redis at BATON_REDIS_URL if set, or else starts a private Redis with its data in .baton, like `npm start`.",
    "BATON_ variables are passed to the API and the worker. Ctrl-C stops everything; the worker finishes or returns its steps.",
  ].join("\n"),
  arguments: {},
  options: {
    port: {
      usage: "-p, --port <port>",
      description: "Port of the API (default: 3000, or the next free port)",
      schema: Port,
    },
    actions: {
      usage: "-a, --actions <module>",
      description: "Module with actions for the worker; repeatable",
      schema: TextList,
      isList: true,
    },
    watch: {
      usage: "-w, --watch",
      description: "Restart the API and the worker when their source changes",
      schema: Flag,
    },
  },
  examples: ["dev", "dev --watch --actions ./my-actions.ts"],
  async run(context, { port, actions, watch }) {
    const { io } = context;
    const interrupted = new AbortController();
    const stopListening = io.onInterrupt(() => interrupted.abort());
    const started: { stop(): Promise<void> }[] = [];
    try {
      const repository = await findRepository(fileURLToPath(new URL("../../../../", import.meta.url)));
      const redis = await repository.ensureRedis();
      started.push(redis);
      const world = { redisUrl: redis.url, port: port ?? (await repository.freePort(3_000)), actions, watch };
      const services = await startServices(context, repository, world);
      started.push(...services);
      await untilReady(context, world.port, { services, signal: interrupted.signal });
      return await serve(services, interrupted.signal);
    } finally {
      for (const service of started.reverse()) await service.stop();
      stopListening();
    }
  },
});

interface World {
  readonly redisUrl: string;
  readonly port: number;
  readonly actions: readonly string[];
  readonly watch: boolean;
}

async function startServices(
  { io, printer }: Context,
  repository: Repository,
  world: World,
): Promise<readonly StartedApp[]> {
  const metricsPort = await repository.freePort(9_464);
  const { colors } = printer;
  const shared = { ...io.config.inherited, BATON_REDIS_URL: world.redisUrl };
  const actions =
    world.actions.length === 0
      ? {}
      : { BATON_ACTIONS: world.actions.map((module) => modulePath(io, module)).join(",") };
  const parts = [
    { name: "api", paint: colors.cyan, environment: { ...shared, BATON_PORT: String(world.port) } },
    {
      name: "worker",
      paint: colors.magenta,
      environment: { ...shared, ...actions, BATON_METRICS_PORT: String(metricsPort) },
    },
  ];
  return parts.map(({ name, paint, environment }) =>
    startApp({
      name,
      root: repository.root,
      entry: `apps/${name}/src/main.ts`,
      isWatched: world.watch,
      environment,
      onOutput: prefixedLines(paint(name.padEnd(6)), colors, io.stdout),
    }),
  );
}

/** Resolves a path from the user's directory, because the worker runs in another one. Anything else is a package name. */
function modulePath(io: Io, module: string): string {
  return /^\.{0,2}\//.test(module) ? resolve(io.directory, module) : module;
}

const READY_EVERY_MS = 200;

/** Until the API answers and a worker has announced itself. */
async function untilReady(
  { printer }: Context,
  port: number,
  { services, signal }: { readonly services: readonly StartedApp[]; readonly signal: AbortSignal },
): Promise<void> {
  const url = `http://127.0.0.1:${port}`;
  const client = createBatonClient({ server: url, retries: 0 });
  while (!signal.aborted && !services.some((service) => service.hasEnded())) {
    const workers = await client.workers().catch(() => null);
    if (workers !== null && workers.items.length > 0) {
      printReady(printer, url);
      return;
    }
    await setTimeout(READY_EVERY_MS);
  }
}

function printReady(printer: Printer, url: string): void {
  const { colors } = printer;
  const more = colors.dim("(reference: /docs, queues: /admin/queues)");
  printer.line(`\n${colors.green("✔")} Baton is ready at ${colors.bold(url)}  ${more}\n`);
}

/** Until Ctrl-C, or until a service ends that should not. */
async function serve(services: readonly StartedApp[], signal: AbortSignal) {
  const interruption = new Promise<null>((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });
  const ended = await Promise.race([interruption, ...services.map((service) => service.ended)]);
  if (ended === null) return exitCodes.ok.code;
  throw new CliError(`The ${ended.name} exited unexpectedly (${ended.how}).`, {
    exitCode: exitCodes.runFailed.code,
    hint: "See its last log lines above.",
  });
}
