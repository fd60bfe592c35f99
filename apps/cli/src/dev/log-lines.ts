import { tryParseJson } from "@batonrun/node/json";
import { z } from "zod";
import type { Output } from "../io.js";
import type { Colors } from "../report/colors.js";
import { oneLine } from "../report/visible-text.js";

/** What pino writes of every line; the rest are the line's own fields. */
const LogLine = z.looseObject({ level: z.union([z.number(), z.string()]), msg: z.string().default("") });

/** On every line, or said by the message. */
const repeated: ReadonlySet<string> = new Set([
  "time",
  "pid",
  "hostname",
  "service",
  "process",
  "worker",
  "req",
  "res",
]);

/** Takes pieces of output and writes whole lines, each behind the service's name; JSON logs are made readable. */
export function prefixedLines(name: string, colors: Colors, output: Output): (piece: string) => void {
  let rest = "";
  return (piece) => {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) output.write(`${name} ${colors.dim("│")} ${readable(line, colors)}\n`);
  };
}

function readable(line: string, colors: Colors): string {
  const parsed = line.startsWith("{") ? LogLine.safeParse(tryParseJson(line)) : undefined;
  if (parsed?.success !== true) return line;
  const { level, msg, ...fields } = parsed.data;
  const shown = Object.entries(fields).filter(([key]) => !repeated.has(key));
  const suffix = shown.map(([key, value]) => `${key}=${fieldText(value)}`);
  return `${levelMark(level, colors)} ${oneLine(msg)}${suffix.length === 0 ? "" : ` ${colors.dim(oneLine(suffix.join(" ")))}`}`;
}

function fieldText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

const levels: Readonly<Record<string, number>> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 };

function levelMark(level: number | string, colors: Colors): string {
  const height = typeof level === "number" ? level : (levels[level] ?? 30);
  if (height >= 50) return colors.red("✖");
  return height >= 40 ? colors.yellow("▲") : colors.dim("·");
}
