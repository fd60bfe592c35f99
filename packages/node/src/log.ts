import { type DestinationStream, type Logger, pino } from "pino";

export type LogFields = Readonly<Record<string, unknown>>;

/** Structured lines. An Error goes in the field `error`; a child adds its fields to each of its lines. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  fatal(message: string, fields?: LogFields): void;
  child(fields: LogFields): Log;
}

/** The log of a whole process, and what is under it, for libraries that take a pino logger. */
export interface ProcessLog extends Log {
  readonly pino: Logger;
}

export interface LogOptions {
  /** The field `process` of each line: `api` or `worker`. */
  readonly process: string;
  readonly level: string;
  /** Values that no line may hold. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/**
 * One JSON object per line.
 * @example createLog({ process: "api", level: "info" }).warn("Redis is unavailable", { error })
 */
export function createLog(options: LogOptions): ProcessLog {
  const settings = {
    level: options.level,
    base: { process: options.process, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.err },
    hooks: { streamWrite: redactor(Object.values(options.secrets ?? {})) },
  };
  const logger = options.destination === undefined ? pino(settings) : pino(settings, options.destination);
  return { ...logOver(logger), pino: logger };
}

/** A pino logger, called the way this project logs: the message first. */
export function logOver(logger: Logger): Log {
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
    fatal: (message, fields = {}) => logger.fatal(fields, message),
    child: (fields) => logOver(logger.child(fields)),
  };
}

/** A shorter value occurs by chance, in many lines. */
const MIN_SECRET_LENGTH = 4;

function redactor(secrets: readonly string[]): (line: string) => string {
  // As JSON writes them, with quotes and line breaks escaped. Longest first, because one secret may contain another.
  const written = secrets
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .map((secret) => JSON.stringify(secret).slice(1, -1))
    .sort((left, right) => right.length - left.length);
  return (line) => written.reduce((text, secret) => text.replaceAll(secret, "[secret]"), line);
}
