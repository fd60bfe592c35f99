import type { RunEvent, RunId } from "@batonrun/contract";
import type { EventFeed, RunReader } from "../ports/run-reader.js";
import { isTerminalRunStatus } from "../run/transitions.js";
import { ChangeSignal } from "./change-signal.js";
import { requireRun } from "./require-run.js";

export interface WatchRunQuery {
  readonly runId: RunId;
  /** Return events after this seq. 0: from the first. */
  readonly afterSeq: number;
  /** Ends the watch without an error. */
  readonly signal: AbortSignal;
  /** How often to read if no message arrives, because messages can be lost. */
  readonly rereadMs?: number;
}

const PAGE = 200;
export const REREAD_MS = 5_000;

/**
 * All events of a run in order of seq, as they are appended, until the run has ended and all were returned.
 *
 * WR1 It subscribes before it reads, so that it does not miss an event appended between the two.
 * WR2 A lost message delays an event by at most `rereadMs`.
 * WR3 A watch that begins after the last event of an ended run ends at once.
 */
export async function* watchRun(
  { reader, feed }: { readonly reader: Pick<RunReader, "run" | "events">; readonly feed: Pick<EventFeed, "subscribe"> },
  { runId, afterSeq, signal, rereadMs = REREAD_MS }: WatchRunQuery,
): AsyncGenerator<RunEvent, void, undefined> {
  const change = new ChangeSignal();
  const unsubscribe = await feed.subscribe(runId, () => change.notify());
  try {
    await requireRun({ reader }, runId);
    let seq = afterSeq;
    while (!signal.aborted) {
      const events = await reader.events(runId, seq, PAGE);
      for (const event of events) {
        if (signal.aborted) return;
        yield event;
        seq = event.seq;
      }
      if (events.length === PAGE) continue;
      if (await hasEnded(reader, { runId, seq })) return;
      await change.wait(rereadMs, signal);
    }
  } finally {
    await unsubscribe();
  }
}

/** A deleted run has ended too: its retention expired during the watch. */
async function hasEnded(
  reader: Pick<RunReader, "run">,
  { runId, seq }: { readonly runId: RunId; readonly seq: number },
): Promise<boolean> {
  const run = await reader.run(runId);
  return run === null || (isTerminalRunStatus(run.status) && run.seq <= seq);
}
