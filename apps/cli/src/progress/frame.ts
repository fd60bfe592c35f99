import { isSettledStepStatus, type StepStatus } from "@batonrun/contract";
import type { Colors } from "../report/colors.js";
import { durationText } from "../report/duration-text.js";
import { runLook } from "../report/status-look.js";
import { rowLine, rowWidths } from "./row-line.js";
import type { RunProgress } from "./run-progress.js";
import type { StepRow } from "./step-rows.js";

export interface FrameOptions {
  readonly colors: Colors;
  readonly columns: number;
  /** Lines that the frame may have. */
  readonly maxLines: number;
  /** Our clock. */
  readonly now: number;
  /** Counts up and turns the spinner. */
  readonly turn: number;
  /** What the person must know besides, such as a lost connection. */
  readonly notice?: string | undefined;
}

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;
/** Lines around the rows: head, blank, fold, blank, foot. */
const AROUND = 5;

/** The live table: a head, a row for each step, a foot. */
export function drawFrame(progress: RunProgress, options: FrameOptions): readonly string[] {
  const { colors, columns, turn } = options;
  const { shown, folded } = foldRows(progress.rows, Math.max(1, options.maxLines - AROUND));
  const serverNow = options.now + progress.clockLeadMs;
  const look = { ...rowWidths(shown), colors, columns, serverNow, spinner: spinnerAt(turn) };
  const fold = folded.length === 0 ? [] : [`    ${colors.dim(foldText(folded))}`];
  const rows = shown.map((row) => rowLine(row, look));
  return [headLine(progress, options), "", ...rows, ...fold, "", footLine(progress, options)];
}

function headLine({ workflow, version, id, status, closing }: RunProgress, { colors, turn }: FrameOptions): string {
  const { paint, glyph } = runLook(status);
  const mark = paint(colors, status === "running" ? spinnerAt(turn) : glyph);
  const isEnding = closing !== undefined && status === "running";
  const state = isEnding ? colors.yellow(`ending as ${closing}`) : paint(colors, status);
  return `${mark} ${colors.bold(workflow)} ${colors.dim(version)}  ${state}  ${colors.dim(id)}`;
}

function footLine(progress: RunProgress, { colors, now, notice }: FrameOptions): string {
  const { rows, startedAt, endedAt, clockLeadMs } = progress;
  const top = rows.filter(({ depth }) => depth === 0);
  const settled = top.filter(({ status }) => isSettledStepStatus(status)).length;
  const time = startedAt === undefined ? [] : [durationText((endedAt ?? now + clockLeadMs) - startedAt)];
  const said = colors.dim([`${settled} of ${top.length} steps`, ...time].join(" · "));
  return notice === undefined ? `  ${said}` : `  ${said}  ${colors.yellow(notice)}`;
}

interface Folding {
  readonly shown: readonly StepRow[];
  readonly folded: readonly StepRow[];
}

/** The rows that fit, in declaration order. Running steps have priority, then failed ones, then the last ended ones. */
function foldRows(rows: readonly StepRow[], room: number): Folding {
  if (rows.length <= room) return { shown: rows, folded: [] };
  const wanted = [...rows].sort((one, other) => rank(one) - rank(other) || (other.endedAt ?? 0) - (one.endedAt ?? 0));
  const chosen = new Set(wanted.slice(0, room));
  return { shown: rows.filter((row) => chosen.has(row)), folded: rows.filter((row) => !chosen.has(row)) };
}

const ranks = {
  running: 0,
  retrying: 0,
  waiting: 0,
  failed: 1,
  completed: 2,
  compensated: 2,
  pending: 3,
  cancelled: 4,
  skipped: 4,
} as const satisfies Record<StepStatus, number>;

/** An unknown status ranks with the completed ones. */
function rank({ status }: StepRow): number {
  const byStatus: Readonly<Partial<Record<string, number>>> = ranks;
  return byStatus[status] ?? ranks.completed;
}

function foldText(folded: readonly StepRow[]): string {
  const counts = new Map<string, number>();
  for (const { status } of folded) counts.set(status, (counts.get(status) ?? 0) + 1);
  return `… and ${folded.length} more: ${[...counts].map(([status, count]) => `${count} ${status}`).join(", ")}`;
}

function spinnerAt(turn: number): string {
  return spinner[turn % spinner.length] ?? spinner[0];
}
