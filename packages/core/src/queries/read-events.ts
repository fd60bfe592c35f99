import type { RunEvent, RunId } from "@batonrun/contract";
import { z } from "zod";
import type { Page, RunReader } from "../ports/run-reader.js";
import { decodeCursor, encodeCursor } from "../run/cursor.js";
import { requireRun } from "./require-run.js";

export interface ReadEventsQuery {
  readonly runId: RunId;
  /** Return events after this seq (default: from the first). Ignored if there is a cursor. */
  readonly afterSeq?: number;
  readonly limit: number;
  readonly cursor?: string;
}

const EventCursor = z.strictObject({ seq: z.number().int().nonnegative() });

/** A page of the run's audit log in order of seq. Throws `run_not_found`. */
export async function readEvents(
  { reader }: { readonly reader: Pick<RunReader, "run" | "events"> },
  { runId, afterSeq = 0, limit, cursor }: ReadEventsQuery,
): Promise<Page<RunEvent>> {
  const run = await requireRun({ reader }, runId);
  const after = cursor === undefined ? afterSeq : decodeCursor(EventCursor, cursor).seq;
  const items = await reader.events(runId, after, limit);
  const last = items.at(-1);
  return last === undefined || last.seq >= run.seq ? { items } : { items, nextCursor: encodeCursor({ seq: last.seq }) };
}
