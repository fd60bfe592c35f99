import { type Logger, pino } from "pino";
import type { ApiConfig } from "./config.js";

/** One JSON object a line, on standard output. */
export function createLog(level: ApiConfig["logLevel"]): Logger {
  return pino({ level, base: { service: "baton-api" }, timestamp: pino.stdTimeFunctions.isoTime });
}
