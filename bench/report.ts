import type { Row } from "./summary.js";
import type { Verdict } from "./targets.js";

interface Column {
  readonly title: string;
  cell(row: Row): string;
}

const columns: readonly Column[] = [
  { title: "scenario", cell: (row) => row.title },
  { title: "system", cell: (row) => row.system },
  { title: "steps/s", cell: (row) => row.perSecond.toFixed(0) },
  { title: "CPU us Node", cell: (row) => row.nodeUs.toFixed(0) },
  { title: "Redis", cell: (row) => row.redisUs.toFixed(0) },
  { title: "both", cell: (row) => row.cpuUs.toFixed(0) },
  { title: "run p50 ms", cell: (row) => milliseconds(row.runP50Ms) },
  { title: "p99", cell: (row) => milliseconds(row.runP99Ms) },
  { title: "hand-off p50 ms", cell: (row) => milliseconds(row.handOffP50Ms) },
  { title: "p99", cell: (row) => milliseconds(row.handOffP99Ms) },
  { title: "bytes/run", cell: (row) => (row.bytesPerRun === null ? "" : row.bytesPerRun.toFixed(0)) },
  { title: "commands", cell: (row) => row.commands.toFixed(1) },
  { title: "trips", cell: (row) => row.trips.toFixed(2) },
  { title: "to raw", cell: (row) => (row.toRaw === null ? "" : `${row.toRaw.toFixed(2)}x ${row.compares}`) },
];

/** The table, in Markdown, with columns of even width. */
export function table(rows: readonly Row[]): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map((column) => column.cell(row)))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  const [head = "", ...body] = cells.map((line) => aligned(line, widths));
  const rule = widths.map((width, index) => (index < LABELS ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [head, `| ${rule.join(" | ")} |`, ...body].join("\n");
}

export const legend = [
  "Figures are medians of the rounds; CPU, commands, and trips are per step, or per run where runs are only started (steps/s: runs/s).",
  "commands: calls in Redis, those inside scripts included; trips: round trips. bytes/run: what Redis keeps of a finished run.",
  "to raw: the ratio to raw flows, of CPU (Node and Redis), hand-off p50, or runs started per second.",
].join("\n");

export const quickLegend = `This was the short form, without warm-up: it shows that the bench runs, its figures mean little.\n${legend}`;

export function verdictLines(verdicts: readonly Verdict[]): string {
  return verdicts
    .map(({ promise, measured, isReached }) => `${isReached ? "reached    " : "not reached"}  ${promise}: ${measured}`)
    .join("\n");
}

const LABELS = 2;

function aligned(line: readonly string[], widths: readonly number[]): string {
  const padded = line.map((cell, index) => {
    const width = widths[index] ?? 0;
    return index < LABELS ? cell.padEnd(width) : cell.padStart(width);
  });
  return `| ${padded.join(" | ")} |`;
}

function milliseconds(figure: number | null): string {
  if (figure === null || Number.isNaN(figure)) return "";
  return figure < 10 ? figure.toFixed(2) : figure.toFixed(0);
}
