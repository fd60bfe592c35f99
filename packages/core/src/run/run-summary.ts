import type { RunSummary } from "@batonrun/contract";
import { isoTime } from "./iso-time.js";
import type { RunRecord } from "./stored.js";

/** A stored run as lists show it. */
export function runSummary(run: RunRecord): RunSummary {
  return {
    id: run.id,
    workflow: run.workflow,
    version: run.version,
    status: run.status,
    ...(run.closing !== undefined && { closing: run.closing }),
    tags: [...run.tags],
    priority: run.priority,
    createdAt: isoTime(run.createdAt),
    ...(run.startedAt !== undefined && { startedAt: isoTime(run.startedAt) }),
    ...(run.endedAt !== undefined && { endedAt: isoTime(run.endedAt) }),
    deadlineAt: isoTime(run.deadlineAt),
    ...(run.startedAt !== undefined && run.endedAt !== undefined && { durationMs: run.endedAt - run.startedAt }),
  };
}
