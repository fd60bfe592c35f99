import type { RunSummary } from "@batonrun/contract";
import { isoTime } from "./iso-time.js";
import type { RunRecord } from "./stored.js";

/** A stored run as shown in lists. */
export function runSummary(run: RunRecord): RunSummary {
  const summary = {
    id: run.id,
    workflow: run.workflow,
    version: run.version,
    tags: [...run.tags],
    priority: run.priority,
    createdAt: isoTime(run.createdAt),
    deadlineAt: isoTime(run.deadlineAt),
  };
  switch (run.status) {
    case "initializing":
      return { ...summary, status: run.status, ...closingOf(run.closing) };
    case "running":
    case "waiting":
    case "waiting_approval":
    case "paused":
    case "rolling_back":
      return { ...summary, status: run.status, ...closingOf(run.closing), startedAt: isoTime(run.startedAt) };
    case "completed":
      return {
        ...summary,
        status: run.status,
        startedAt: isoTime(run.startedAt),
        endedAt: isoTime(run.endedAt),
        durationMs: run.endedAt - run.startedAt,
      };
    case "cancelled":
      return { ...summary, status: run.status, closing: run.closing, ...timesOf(run) };
    case "timed_out":
      return { ...summary, status: run.status, closing: run.closing, ...timesOf(run) };
    case "failed":
      return { ...summary, status: run.status, ...closingOf(run.closing), ...timesOf(run) };
    case "rolled_back":
    case "rollback_failed":
      return { ...summary, status: run.status, ...closingOf(run.closing), ...timesOf(run) };
  }
}

function closingOf<Closing>(closing: Closing | undefined): { readonly closing?: Closing } {
  return closing === undefined ? {} : { closing };
}

/** The times of an ended run. It may have ended before it started. */
function timesOf({ startedAt, endedAt }: { readonly startedAt?: number | undefined; readonly endedAt: number }) {
  if (startedAt === undefined) return { endedAt: isoTime(endedAt) };
  return { startedAt: isoTime(startedAt), endedAt: isoTime(endedAt), durationMs: endedAt - startedAt };
}
