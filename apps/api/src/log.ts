import { type Logger, pino } from "pino";
import type { ApiConfig } from "./config.js";

/** One JSON object a line, on standard output; levels and ids are named as in the worker's lines. */
export function createLog(level: ApiConfig["logLevel"]): Logger {
  return pino({
    level,
    base: { process: "api", pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
