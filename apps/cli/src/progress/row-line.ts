import { isSettledStepStatus } from "@batonrun/contract";
import type { Colors } from "../report/colors.js";
import { durationText } from "../report/duration-text.js";
import { stepLook } from "../report/status-look.js";
import { oneLine } from "../report/visible-text.js";
import type { StepRow, Tally } from "./step-rows.js";

/** How wide the columns of a table are. */
export interface RowWidths {
  readonly label: number;
  readonly what: number;
}

export interface RowLook extends RowWidths {
  readonly colors: Colors;
  readonly columns: number;
  /** Shown before a running step. */
  readonly spinner: string;
  readonly serverNow: number;
}

const BAR_WIDTH = 20;
const TIME_WIDTH = 7;
const MAX_WIDTH = 40;

export function rowWidths(rows: readonly StepRow[]): RowWidths {
  return { label: widest(rows.map(label)), what: widest(rows.map(what)) };
}

/** Glyph, step, action, time, and as much of the rest as there is room for. */
export function rowLine(row: StepRow, look: RowLook): string {
  const { colors, columns } = look;
  const { glyph, paint } = stepLook(row.status);
  const name = padded(label(row), look.label);
  const isQuiet = row.status === "pending" || row.status === "skipped" || row.status === "cancelled";
  const used = 4 + look.label + 2 + look.what + 2 + TIME_WIDTH + 2;
  return [
    `  ${paint(colors, row.status === "running" ? look.spinner : glyph)} ${isQuiet ? colors.dim(name) : name}`,
    colors.dim(padded(what(row), look.what)),
    timeText(row, look.serverNow).padStart(TIME_WIDTH),
    ...remarks(row, look, columns - used - 1),
  ]
    .join("  ")
    .trimEnd();
}

function remarks(row: StepRow, { colors, serverNow }: RowLook, room: number): readonly string[] {
  const bar = barText(row, colors);
  if (bar.width > room) return [];
  const note = row.note === undefined ? "" : oneLine(row.note);
  const words = [attemptText(row, serverNow), note].filter((word) => word !== "").join("  ");
  const said = cut(words, bar.width === 0 ? room : room - bar.width - 2);
  return [...(bar.width === 0 ? [] : [bar.text]), ...(said === "" ? [] : [remarkPaint(row, colors)(said)])];
}

function remarkPaint({ status }: StepRow, colors: Colors): (text: string) => string {
  if (status === "failed") return colors.red;
  return status === "retrying" ? colors.yellow : colors.dim;
}

function attemptText({ status, attempts, dueAt }: StepRow, serverNow: number): string {
  if (status === "retrying" && dueAt !== undefined) {
    return `attempt ${attempts + 1} in ${durationText(dueAt - serverNow)}`;
  }
  return attempts > 1 ? `attempt ${attempts}` : "";
}

/** The text with its colors, and how wide it is without. */
function barText({ tally }: StepRow, colors: Colors): { readonly text: string; readonly width: number } {
  if (tally === undefined || tally.expected === 0) return { text: "", width: 0 };
  const { settled, failed, expected } = tally;
  const full = Math.min(BAR_WIDTH, Math.floor((settled / expected) * BAR_WIDTH));
  const counts = ` ${settled}/${expected}`;
  const fails = failed === 0 ? "" : `, ${failed} failed`;
  const bar = `${barPaint(tally, colors)("━".repeat(full))}${colors.dim("─".repeat(BAR_WIDTH - full))}`;
  return {
    text: `${bar}${counts}${fails === "" ? "" : colors.red(fails)}`,
    width: BAR_WIDTH + counts.length + fails.length,
  };
}

function barPaint({ settled, failed, expected }: Tally, colors: Colors): (text: string) => string {
  if (failed > 0) return colors.yellow;
  return settled >= expected ? colors.green : colors.cyan;
}

function timeText({ startedAt, endedAt, status }: StepRow, serverNow: number): string {
  if (startedAt === undefined || status === "skipped") return "";
  const end = endedAt ?? (isSettledStepStatus(status) ? undefined : serverNow);
  return end === undefined ? "" : durationText(end - startedAt);
}

function label({ id, depth }: StepRow): string {
  return `${"  ".repeat(depth)}${id.slice(id.lastIndexOf(".") + 1)}`;
}

function what({ kind, action }: StepRow): string {
  if (kind === "action") return action ?? "";
  return action === undefined ? kind : `${kind} of ${action}`;
}

function widest(texts: readonly string[]): number {
  return Math.min(MAX_WIDTH, Math.max(0, ...texts.map(({ length }) => length)));
}

function padded(text: string, width: number): string {
  return cut(text, width).padEnd(width);
}

function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  return width < 1 ? "" : `${text.slice(0, width - 1)}…`;
}
