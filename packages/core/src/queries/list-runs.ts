import type { RunSummary } from "@batonrun/contract";
import type { ListRunsQuery, Page, RunReader } from "../ports/run-reader.js";

/** Lists runs, newest first. A page can be short and still have a cursor. */
export async function listRuns(
  { reader }: { readonly reader: Pick<RunReader, "list"> },
  query: ListRunsQuery,
): Promise<Page<RunSummary>> {
  return reader.list(query);
}
