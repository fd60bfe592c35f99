import type { ActionLog } from "@batonrun/core/actions";
import { type DestinationStream, type Logger, pino } from "pino";

type Fields = Readonly<Record<string, unknown>>;

/** Structured lines; a child adds its fields (run, step, attempt) to each of its own. */
export interface WorkerLog extends ActionLog {
  fatal(message: string, fields?: Fields): void;
  child(fields: Fields): WorkerLog;
}

export interface LogOptions {
  readonly level: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/** One JSON object a line. An Error goes in the field `error`. */
export function createLog(options: LogOptions): WorkerLog {
  const redact = redactor(Object.values(options.secrets));
  const settings = {
    level: options.level,
    base: { process: "worker", pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.err },
    hooks: { streamWrite: redact },
  };
  return overPino(options.destination === undefined ? pino(settings) : pino(settings, options.destination));
}

function overPino(logger: Logger): WorkerLog {
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
    fatal: (message, fields = {}) => logger.fatal(fields, message),
    child: (fields) => overPino(logger.child(fields)),
  };
}

/** Below this a "secret" would be found in half of all lines. */
const MIN_SECRET_LENGTH = 4;

function redactor(secrets: readonly string[]): (line: string) => string {
  // In a line a secret stands as JSON writes it, quotes and line breaks escaped. Longest first: one may hold another.
  const written = secrets
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .map((secret) => JSON.stringify(secret).slice(1, -1))
    .sort((left, right) => right.length - left.length);
  return (line) => written.reduce((text, secret) => text.replaceAll(secret, "[secret]"), line);
}
