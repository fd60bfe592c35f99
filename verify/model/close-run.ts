import type { Closing, RunId } from "@batonrun/contract";
import type { CloseReply } from "../../packages/core/src/ports/transitions.js";
import type { Cell, Run } from "./cell.js";
import { childrenOf, releaseRunJob, removeJob, runJob } from "./jobs.js";
import { appendEvent, hasEnded } from "./run-state.js";

export interface CloseCommand {
  readonly runId: RunId;
  readonly closing: Closing;
  readonly actor?: string;
  readonly reason?: string;
}

interface Cause {
  readonly closing: Closing;
  readonly actor?: string | undefined;
  readonly data?: string | undefined;
}

/** The reason is written once; the first wins. */
export function closeWith(cell: Cell, run: Run, { closing, actor, data }: Cause): void {
  if (run.closing !== null) return;
  run.closing = closing;
  appendEvent(cell, run, {
    type: "run_closing",
    ...(actor !== undefined && { actor }),
    ...(data !== undefined && { data }),
  });
}

export function closeRun(cell: Cell, { runId, closing, actor, reason }: CloseCommand): CloseReply {
  const run = cell.runs[runId];
  if (run === undefined) return { kind: "gone" };
  if (hasEnded(run)) return { kind: "ended", status: run.status };
  const atWork = close(cell, run, { closing, actor, data: JSON.stringify({ closing, reason }) });
  return { kind: "closing", closing: run.closing ?? closing, atWork };
}

/** Takes at most 100 due timers: a deadline closes its run; the runs whose retention is over are answered. */
export function fireTimers(cell: Cell): readonly RunId[] {
  const due = Object.entries(cell.timers)
    .filter(([, dueAt]) => dueAt <= cell.at)
    .sort(([a, first], [b, second]) => first - second || (a < b ? -1 : 1))
    .slice(0, 100);
  const ended: RunId[] = [];
  for (const [timer] of due) {
    const [kind, id = ""] = timer.split(":");
    const run = cell.runs[id];
    // Timers are named by scripts, for runs that were started.
    if (kind === "retention") ended.push(id as RunId);
    else delete cell.timers[timer];
    if (kind === "deadline" && run !== undefined)
      close(cell, run, { closing: "timed_out", data: '{"closing":"timed_out"}' });
  }
  return ended;
}

/** Children that no worker holds leave their queues; the last one wakes the run's job. Returns how many workers still hold. */
function close(cell: Cell, run: Run, cause: Cause): number {
  closeWith(cell, run, cause);
  for (const child of runJob(cell, run.id)?.children ?? []) removeJob(cell, child);
  run.ready = [];
  releaseRunJob(cell, run.id);
  return childrenOf(cell, run.id);
}
