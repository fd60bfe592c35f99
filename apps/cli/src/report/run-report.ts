import { isTerminalRunStatus, type Received, type RunView, type StepView } from "@batonrun/contract";
import type { Colors } from "./colors.js";
import { durationText } from "./duration-text.js";
import type { Column, Printer } from "./printer.js";
import { runStatusLook, stepStatusLook } from "./status-look.js";
import { valueText } from "./value-text.js";
import { oneLine, visibleText } from "./visible-text.js";

/** Prints the output of a completed run, or else its status and its failed steps. */
export function printOutcome(printer: Printer, run: Received<RunView>): void {
  if (printer.isJson) {
    printer.json(run);
    return;
  }
  if (run.status === "completed") {
    printOutput(printer, run);
    return;
  }
  printFailures(printer, run);
}

/** Prints strings as they are, and other values in a readable form on a terminal or as JSON in a pipe. */
function printOutput(printer: Printer, { output }: Received<RunView>): void {
  if (output === undefined) return;
  if (printer.isTerminal) {
    printer.line();
    printer.line(valueText(output).trimEnd());
    return;
  }
  printer.line(typeof output === "string" ? output.trimEnd() : JSON.stringify(output, null, 2));
}

function printFailures(printer: Printer, run: Received<RunView>): void {
  const { colors } = printer;
  const failed = run.steps.filter(({ status, error }) => status === "failed" && error !== undefined);
  printer.line();
  printer.line(`${statusSentence(run, colors)}${run.error ? ` ${errorText(run.error)}` : ""}`);
  for (const step of failed.slice(0, 20)) printer.line(`  ${colors.red("✖")} ${failureText(step, colors)}`);
  if (failed.length > 20) printer.line(`  … and ${failed.length - 20} more`);
}

/** An open run has no outcome yet: `The run is running.`, not `The run ended as running.` */
function statusSentence({ status, endedAt }: Received<RunView>, colors: Colors): string {
  if (endedAt === undefined) return `The run is ${status}.`;
  const sentence = colors.bold(`The run ended as ${oneLine(status)}.`);
  return isTerminalRunStatus(status) ? colors.red(sentence) : sentence;
}

function failureText({ id, attempts, error }: Received<StepView>, colors: Colors): string {
  const tries = attempts > 1 ? colors.dim(` after ${attempts} attempts`) : "";
  return `${colors.bold(id)}${tries}: ${error === undefined ? "" : errorText(error)}`;
}

function errorText({ type, message }: { readonly type: string; readonly message: string }): string {
  return visibleText(`${type}: ${message}`);
}

/** `runs get`: the run, its steps, its output or its errors. */
export function printRun(printer: Printer, run: Received<RunView>): void {
  const { colors } = printer;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["run", run.id],
    ["workflow", `${run.workflow} ${run.version}`],
    [
      "status",
      run.closing === undefined
        ? runStatusLook(run.status, colors)
        : `${runStatusLook(run.status, colors)} (${run.closing})`,
    ],
    ["tags", run.tags.length === 0 ? undefined : run.tags.join(", ")],
    ["created", run.createdAt],
    ["started", run.startedAt],
    ["ended", run.endedAt],
    ["took", run.durationMs === undefined ? undefined : durationText(run.durationMs)],
  ];
  for (const [name, value] of facts) {
    if (value !== undefined) printer.line(`${colors.dim(name.padEnd(10))}${value}`);
  }
  printer.line();
  printer.list(run.steps, stepColumns);
  printOutcome(printer, run);
}

const stepColumns: readonly Column<StepView>[] = [
  { title: "step", text: ({ id }) => id },
  { title: "status", text: ({ status }) => status, look: ({ status }, colors) => stepStatusLook(status, colors) },
  {
    title: "action",
    text: ({ type, action }) => action ?? type,
    look: ({ type, action }, colors) => colors.dim(action ?? type),
  },
  { title: "attempts", isRight: true, text: ({ attempts }) => String(attempts) },
  {
    title: "took",
    isRight: true,
    text: ({ durationMs }) => (durationMs === undefined ? "" : durationText(durationMs)),
  },
  { title: "notes", text: remark },
];

function remark({ error, reason, counts }: Received<StepView>): string {
  if (error !== undefined) return oneLine(`${error.type}: ${error.message}`).slice(0, 80);
  if (reason !== undefined) return reason.replaceAll("_", " ");
  if (counts === undefined) return "";
  const settled = counts.completed + counts.failed + counts.skipped;
  return counts.failed > 0 ? `${settled}/${counts.total}, ${counts.failed} failed` : `${settled}/${counts.total}`;
}
