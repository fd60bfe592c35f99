import type { RunEvent, RunId } from "@batonrun/contract";
import type { EventFeed, RunReader } from "../ports/run-reader.js";
import { isTerminalRunStatus } from "../run/transitions.js";
import { ChangeSignal } from "./change-signal.js";
import { requireRun } from "./require-run.js";

export interface WatchRunQuery {
  readonly runId: RunId;
  /** Events after this seq; 0: from the first. */
  readonly afterSeq: number;
  /** Ends the watch without an error. */
  readonly signal: AbortSignal;
  /** How often to look when no message came: messages may be lost. */
  readonly rereadMs?: number;
}

const PAGE = 200;
export const REREAD_MS = 5_000;

/**
 * Every event of a run in order of seq, as it is appended, until the run has ended and all were given.
 *
 * WR1 it subscribes before it reads, so that an event appended between the two is not missed.
 * WR2 a lost message delays an event by `rereadMs` at most.
 * WR3 a watch that begins behind the last event of an ended run ends at once.
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

/** A run that is gone has ended too: its retention passed while it was watched. */
async function hasEnded(
  reader: Pick<RunReader, "run">,
  { runId, seq }: { readonly runId: RunId; readonly seq: number },
): Promise<boolean> {
  const run = await reader.run(runId);
  return run === null || (isTerminalRunStatus(run.status) && run.seq <= seq);
}
