import { tryDurationMs } from "@batonrun/contract";
import { printableRedisUrl } from "@batonrun/core/redis";
import {
  CellName,
  CommaList,
  durationField,
  type Environment,
  Host,
  LogLevel,
  Port,
  RedisUrl,
  readEnvironment,
  wholeNumber,
} from "@batonrun/node/config";
import { z } from "zod";

const Duration = durationField(tryDurationMs);

const Capabilities = CommaList.pipe(
  z.array(
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,63}$/, "must be capabilities (lowercase letters, digits, dashes), split by commas"),
  ),
);

const PortOrOff = z
  .string()
  .refine((text) => text === "off" || Port.safeParse(text).success, "must be a port from 0 to 65535, or `off`")
  .transform((text) => (text === "off" ? null : Number(text)));

/** The variables that a worker reads, each with its default as one would type it and its sentence in the reference. */
export const WorkerSettings = z.object({
  BATON_REDIS_URL: RedisUrl.default("redis://127.0.0.1:6379").describe("URL of Redis."),
  BATON_CELL: CellName.default("b0").describe(
    "Name of the cell, which is the hash tag of all its keys. Use the same value for the API and its workers.",
  ),
  BATON_ACTIONS: CommaList.default([]).describe(
    "Modules with actions, comma-separated: paths (`./actions.js`, relative to the working directory) or packages.",
  ),
  BATON_CAPABILITIES: Capabilities.optional().describe(
    "Queues to serve in addition to `core`, comma-separated. Default: all capabilities of its actions.",
  ),
  BATON_CONCURRENCY: wholeNumber({ max: 1_000 })
    .prefault("10")
    .describe("Maximum number of steps executed concurrently per queue."),
  BATON_METRICS_PORT: PortOrOff.prefault("9464").describe(
    "Port for `/metrics`, `/healthz`, and `/readyz`; `0` selects a free port, `off` disables them.",
  ),
  BATON_HOST: Host.default("127.0.0.1").describe("Address to listen on."),
  BATON_SHUTDOWN_GRACE: Duration.prefault("25s").describe(
    "How long a stopping worker waits for its running steps before it returns them to their queues.",
  ),
  BATON_HTTP_ALLOW_PRIVATE: CommaList.default([]).describe(
    "Private hosts, addresses, and ranges that `http.request` and `text.extract` may access, comma-separated.",
  ),
  BATON_DOCUMENT_ROOTS: CommaList.default([]).describe(
    "Directories that `text.extract` may read files from, comma-separated. Default: the working directory.",
  ),
  BATON_LOG_LEVEL: LogLevel.default("info").describe("Minimum log level."),
  BATON_LOCK_DURATION: Duration.prefault("10s").describe(
    "How long a worker holds a step without renewing its lock. Use lower values in tests only.",
  ),
  BATON_STALLED_INTERVAL: Duration.prefault("2s").describe(
    "How often workers check for steps of crashed workers. Use lower values in tests only.",
  ),
});

const SECRET_PREFIX = "BATON_SECRET_";

export interface WorkerConfig {
  readonly redisUrl: string;
  readonly cell: string;
  readonly actions: readonly string[];
  /** Null: all that its actions have. */
  readonly capabilities: readonly string[] | null;
  readonly concurrency: number;
  /** Null: no server. */
  readonly metricsPort: number | null;
  readonly host: string;
  readonly shutdownGraceMs: number;
  readonly httpAllowPrivate: readonly string[];
  readonly documentRoots: readonly string[];
  readonly logLevel: z.output<typeof WorkerSettings>["BATON_LOG_LEVEL"];
  readonly lockDurationMs: number;
  readonly stalledIntervalMs: number;
  /** What `BATON_SECRET_<NAME>` said, by NAME. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The configuration, or a ConfigError that names every variable that is wrong. */
export function readConfig(environment: Environment = process.env): WorkerConfig {
  return Object.freeze(toConfig(readEnvironment(WorkerSettings, environment), secretsIn(environment)));
}

/** The config as it may be printed: no password, and of secrets the names only. */
export function printableConfig(config: WorkerConfig): Readonly<Record<string, unknown>> {
  return { ...config, redisUrl: printableRedisUrl(config.redisUrl), secrets: Object.keys(config.secrets) };
}

function toConfig(settings: z.output<typeof WorkerSettings>, secrets: Readonly<Record<string, string>>): WorkerConfig {
  return {
    redisUrl: settings.BATON_REDIS_URL,
    cell: settings.BATON_CELL,
    actions: settings.BATON_ACTIONS,
    capabilities: settings.BATON_CAPABILITIES ?? null,
    concurrency: settings.BATON_CONCURRENCY,
    metricsPort: settings.BATON_METRICS_PORT,
    host: settings.BATON_HOST,
    shutdownGraceMs: settings.BATON_SHUTDOWN_GRACE,
    httpAllowPrivate: settings.BATON_HTTP_ALLOW_PRIVATE,
    documentRoots: settings.BATON_DOCUMENT_ROOTS,
    logLevel: settings.BATON_LOG_LEVEL,
    lockDurationMs: settings.BATON_LOCK_DURATION,
    stalledIntervalMs: settings.BATON_STALLED_INTERVAL,
    secrets,
  };
}

function secretsIn(environment: Environment): Readonly<Record<string, string>> {
  const named = Object.entries(environment).flatMap(([key, value]) =>
    key.startsWith(SECRET_PREFIX) && value !== undefined && value !== ""
      ? [[key.slice(SECRET_PREFIX.length), value] as const]
      : [],
  );
  return Object.freeze(Object.fromEntries(named));
}
