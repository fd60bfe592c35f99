import type { Received, RunEvent, RunStatus, RunView } from "@batonrun/contract";
import { readEventData } from "./event-data.js";
import { createStepRows, type StepRow } from "./step-rows.js";

export interface RunProgress {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  readonly status: Received<RunStatus>;
  readonly closing: string | undefined;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly rows: readonly StepRow[];
  /** The server's clock minus ours, estimated from events. */
  readonly clockLeadMs: number;
}

/** A run's progress, made of its events alone: seq 1 to the last, in order. */
export interface ProgressReader {
  /** `receivedAt`: our clock. */
  take(event: Received<RunEvent>, receivedAt: number): void;
  /** The run as it ended. */
  finish(view: Received<RunView>): void;
  read(): RunProgress;
}

export function createProgressReader({ id, workflow, version, steps }: Received<RunView>): ProgressReader {
  const rows = createStepRows(steps);
  let state: RunState = { status: "initializing", closing: undefined, startedAt: undefined, endedAt: undefined };
  let clockLeadMs: number | undefined;
  return {
    take(event, receivedAt) {
      // Every event arrives with some latency. The one with the lowest latency gives the best estimate of the clock difference.
      const leadMs = Date.parse(event.at) - receivedAt;
      clockLeadMs = clockLeadMs === undefined ? leadMs : Math.max(clockLeadMs, leadMs);
      if (event.step === undefined) state = stateAfter(state, event);
      else rows.take(event, event.step);
    },
    finish(view) {
      const endedAt = view.endedAt === undefined ? state.endedAt : Date.parse(view.endedAt);
      state = { ...state, status: view.status, endedAt };
      for (const step of view.steps) rows.finish(step);
    },
    read: () => ({ id, workflow, version, ...state, clockLeadMs: clockLeadMs ?? 0, rows: rows.read() }),
  };
}

type RunState = Pick<RunProgress, "status" | "closing" | "startedAt" | "endedAt">;

function stateAfter(state: RunState, event: Received<RunEvent>): RunState {
  const at = Date.parse(event.at);
  switch (event.type) {
    case "run_started":
      return { ...state, status: "running", startedAt: at };
    case "run_closing":
      return { ...state, closing: readEventData(event).closing };
    case "run_completed":
      return { ...state, status: "completed", endedAt: at };
    case "run_failed":
      return { ...state, status: "failed", endedAt: at };
    case "run_cancelled":
      return { ...state, status: "cancelled", endedAt: at };
    case "run_timed_out":
      return { ...state, status: "timed_out", endedAt: at };
    default:
      return state;
  }
}
