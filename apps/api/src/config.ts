import { tryDurationMs } from "@batonrun/contract";
import type { DefinitionLimits } from "@batonrun/core";
import { printableRedisUrl } from "@batonrun/core/redis";
import {
  CellName,
  CommaList,
  durationField,
  type Environment,
  Flag,
  Host,
  LogLevel,
  Port,
  RedisUrl,
  readEnvironment,
  wholeNumber,
} from "@batonrun/node/config";
import { z } from "zod";

const Duration = durationField(tryDurationMs);
const HostList = CommaList.transform((names) => names.map((name) => name.toLowerCase()));

/** Every variable that the API reads, with its default. The reference lists them; a test holds the two together. */
export const ApiSettings = z.object({
  BATON_REDIS_URL: RedisUrl.default("redis://127.0.0.1:6379"),
  BATON_CELL: CellName.default("b0"),
  BATON_HOST: Host.default("127.0.0.1"),
  BATON_PORT: Port.default(3000),
  BATON_ALLOWED_HOSTS: HostList.default([]),
  BATON_DURABILITY: z.enum(["always", "everysec", "none"]).optional(),
  BATON_RETENTION: Duration.default(7 * 86_400_000),
  BATON_BOARD_READ_ONLY: Flag.default(true),
  BATON_MAX_DEFINITION_BYTES: wholeNumber().default(4 * 1024 * 1024),
  BATON_MAX_STEPS: wholeNumber().default(5_000),
  BATON_MAX_EDGES: wholeNumber().default(50_000),
  BATON_MAX_NESTING: wholeNumber({ max: 20 }).default(5),
  BATON_MAX_DEPENDENTS: wholeNumber({ max: 10_000 }).default(2_000),
  BATON_MAX_RUN_BYTES: wholeNumber().default(1024 * 1024),
  BATON_MAX_BATCH_BYTES: wholeNumber().default(16 * 1024 * 1024),
  BATON_MAX_JSON_DEPTH: wholeNumber({ max: 200 }).default(64),
  BATON_MAX_JSON_KEYS: wholeNumber().default(100_000),
  BATON_MAX_WAIT: Duration.default(60_000),
  BATON_SHUTDOWN_GRACE: Duration.default(10_000),
  BATON_LOG_LEVEL: LogLevel.default("info"),
});

export interface ApiConfig {
  readonly redisUrl: string;
  readonly cell: string;
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  /** Declared by the operator where Redis hides its settings: managed services refuse CONFIG. */
  readonly durability: "always" | "everysec" | "none" | null;
  readonly retentionMs: number;
  readonly isBoardReadOnly: boolean;
  readonly limits: Limits;
  readonly definitionLimits: DefinitionLimits;
  readonly maxWaitMs: number;
  readonly shutdownGraceMs: number;
  readonly logLevel: z.infer<typeof ApiSettings>["BATON_LOG_LEVEL"];
}

export interface Limits {
  readonly definitionBytes: number;
  readonly runBytes: number;
  readonly batchBytes: number;
  readonly maxDepth: number;
  readonly maxKeys: number;
}

/** The configuration, or a ConfigError that names every variable that is wrong. */
export function readConfig(environment: Environment = process.env): ApiConfig {
  return Object.freeze(configOf(readEnvironment(ApiSettings, environment)));
}

function configOf(read: z.infer<typeof ApiSettings>): ApiConfig {
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
export function printableConfig(config: ApiConfig): ApiConfig {
  return { ...config, redisUrl: printableRedisUrl(config.redisUrl) };
}
