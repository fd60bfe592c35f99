import { tryDurationMs } from "@batonrun/contract";
import type { DefinitionLimits } from "@batonrun/core";
import { printableRedisUrl } from "@batonrun/core/redis";
import { z } from "zod";

const Duration = z.string().transform((text, context) => {
  const ms = tryDurationMs(text);
  if (ms !== null) return ms;
  context.addIssue({ code: "custom", message: "must be a duration such as 500ms, 30s, 5m, 1h, or 7d" });
  return z.NEVER;
});

const Truth = z.enum(["true", "false"]).transform((text) => text === "true");

const Count = z.coerce.number().int().positive();

const HostList = z.string().transform((text) =>
  text
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== ""),
);

/** Every variable that the API reads, with its default. The reference lists them; a test holds the two together. */
export const Environment = z.object({
  BATON_REDIS_URL: z
    .string()
    .regex(/^(rediss?:\/\/|unix:\/\/|\/)/, "must begin with redis://, rediss://, unix:// or /")
    .default("redis://127.0.0.1:6379"),
  BATON_CELL: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "must be at most 32 lowercase letters, digits, and dashes")
    .default("b0"),
  BATON_HOST: z.string().min(1).default("127.0.0.1"),
  BATON_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  BATON_ALLOWED_HOSTS: HostList.default([]),
  BATON_DURABILITY: z.enum(["always", "everysec", "none"]).optional(),
  BATON_RETENTION: Duration.default(7 * 86_400_000),
  BATON_BOARD_READ_ONLY: Truth.default(true),
  BATON_MAX_DEFINITION_BYTES: Count.default(4 * 1024 * 1024),
  BATON_MAX_STEPS: Count.default(5_000),
  BATON_MAX_EDGES: Count.default(50_000),
  BATON_MAX_NESTING: Count.max(20).default(5),
  BATON_MAX_DEPENDENTS: Count.max(10_000).default(2_000),
  BATON_MAX_RUN_BYTES: Count.default(1024 * 1024),
  BATON_MAX_BATCH_BYTES: Count.default(16 * 1024 * 1024),
  BATON_MAX_JSON_DEPTH: Count.max(200).default(64),
  BATON_MAX_JSON_KEYS: Count.default(100_000),
  BATON_MAX_WAIT: Duration.default(60_000),
  BATON_SHUTDOWN_GRACE: Duration.default(10_000),
  BATON_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

export interface ApiConfig {
  readonly redisUrl: string;
  readonly cell: string;
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  /** What the operator declares where Redis does not tell: managed ones refuse CONFIG. */
  readonly durability: "always" | "everysec" | "none" | null;
  readonly retentionMs: number;
  readonly isBoardReadOnly: boolean;
  readonly limits: Limits;
  readonly definitionLimits: DefinitionLimits;
  readonly maxWaitMs: number;
  readonly shutdownGraceMs: number;
  readonly logLevel: z.infer<typeof Environment>["BATON_LOG_LEVEL"];
}

export interface Limits {
  readonly definitionBytes: number;
  readonly runBytes: number;
  readonly batchBytes: number;
  readonly maxDepth: number;
  readonly maxKeys: number;
}

/** What a person set is wrong; the message says what, and what to do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** The configuration, or an error that names every variable that is wrong. An empty variable counts as absent. */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): ApiConfig {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${String(issue.path[0])} ${issue.message}`);
    throw new ConfigError(`Invalid configuration:\n${problems.join("\n")}`);
  }
  return Object.freeze(configOf(parsed.data));
}

function configOf(read: z.infer<typeof Environment>): ApiConfig {
  return {
    redisUrl: read.BATON_REDIS_URL,
    cell: read.BATON_CELL,
    host: read.BATON_HOST,
    port: read.BATON_PORT,
    allowedHosts: Object.freeze(read.BATON_ALLOWED_HOSTS),
    durability: read.BATON_DURABILITY ?? null,
    retentionMs: read.BATON_RETENTION,
    isBoardReadOnly: read.BATON_BOARD_READ_ONLY,
    limits: Object.freeze({
      definitionBytes: read.BATON_MAX_DEFINITION_BYTES,
      runBytes: read.BATON_MAX_RUN_BYTES,
      batchBytes: read.BATON_MAX_BATCH_BYTES,
      maxDepth: read.BATON_MAX_JSON_DEPTH,
      maxKeys: read.BATON_MAX_JSON_KEYS,
    }),
    definitionLimits: Object.freeze({
      maxBytes: read.BATON_MAX_DEFINITION_BYTES,
      maxSteps: read.BATON_MAX_STEPS,
      maxEdges: read.BATON_MAX_EDGES,
      maxNesting: read.BATON_MAX_NESTING,
      maxDependents: read.BATON_MAX_DEPENDENTS,
    }),
    maxWaitMs: read.BATON_MAX_WAIT,
    shutdownGraceMs: read.BATON_SHUTDOWN_GRACE,
    logLevel: read.BATON_LOG_LEVEL,
  };
}

/** The configuration as it may be printed. */
export function printable(config: ApiConfig): ApiConfig {
  return { ...config, redisUrl: printableRedisUrl(config.redisUrl) };
}
