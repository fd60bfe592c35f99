import { BatonError, type Closing, type RunId, type RunStatus } from "@batonrun/contract";
import type { RunReader } from "../ports/run-reader.js";
import type { Transitions } from "../ports/transitions.js";

export interface CancelRunRequest {
  readonly id: RunId;
  readonly actor?: string;
  readonly reason?: string;
}

export interface CancelledRun {
  readonly status: RunStatus;
  /** Why the run is ending. Not `cancelled` if another reason came first. */
  readonly closing: Closing;
}

/** Closes the run, so that no step starts anymore, and aborts running steps. Throws run_not_found, run_ended. */
export async function cancelRun(
  {
    transitions,
    reader,
  }: {
    readonly transitions: Pick<Transitions, "closeRun">;
    readonly reader: Pick<RunReader, "run">;
  },
  { id, actor, reason }: CancelRunRequest,
): Promise<CancelledRun> {
  const cause = { ...(actor === undefined ? {} : { actor }), ...(reason === undefined ? {} : { reason }) };
  const reply = await transitions.closeRun(id, "cancelled", cause);
  if (reply.kind === "gone") throw new BatonError("run_not_found", `Run ${id} does not exist.`);
  if (reply.kind === "ended") {
    throw new BatonError("run_ended", `The run has already ended with status ${reply.status}.`, {
      details: { status: reply.status },
    });
  }
  const run = await reader.run(id);
  return { status: run?.status ?? "cancelled", closing: reply.closing };
}
