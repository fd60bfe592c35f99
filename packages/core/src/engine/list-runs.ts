import type { ListRunsQuery, Page, RunReader } from "../ports.js";
import type { RunSummary } from "../run/run.js";

/** Runs, the newest first. A page may be short and still have a cursor. */
export async function listRuns(
  { reader }: { readonly reader: Pick<RunReader, "list"> },
  query: ListRunsQuery,
): Promise<Page<RunSummary>> {
  return reader.list(query);
}
