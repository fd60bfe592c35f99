import type { RunId } from "@batonrun/contract";
import type { EventFeed, RunReader } from "../ports/run-reader.js";
import type { RunRecord } from "../run/stored.js";
import { isTerminalRunStatus } from "../run/transitions.js";
import { ChangeSignal } from "./change-signal.js";
import { requireRun } from "./require-run.js";
import { REREAD_MS } from "./watch-run.js";

export interface WaitForRunQuery {
  readonly runId: RunId;
  readonly timeoutMs: number;
  /** Aborted when the caller disconnects. */
  readonly signal?: AbortSignal;
}

/** The run's record once it has ended, or null after the timeout. Subscribes before it reads. */
export async function waitForRun(
  { reader, feed }: { readonly reader: Pick<RunReader, "run">; readonly feed: Pick<EventFeed, "subscribe"> },
  { runId, timeoutMs, signal }: WaitForRunQuery,
): Promise<RunRecord | null> {
  const change = new ChangeSignal();
  const timeout = AbortSignal.timeout(timeoutMs);
  const enough = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const unsubscribe = await feed.subscribe(runId, () => change.notify());
  try {
    while (true) {
      const run = await requireRun({ reader }, runId);
      if (isTerminalRunStatus(run.status)) return run;
      if (enough.aborted) return null;
      await change.wait(REREAD_MS, enough);
    }
  } finally {
    await unsubscribe();
  }
}
