/**
 * Lists runs by the smallest index that the query names.
 *
 * LR1 a call looks at 2,000 entries at most, however few of them match; a short page then has a cursor.
 * LR2 a cursor is a position (time of creation, id), not a rank: runs that come or go move nothing.
 */
import { RunId, type RunSummary } from "@batonrun/contract";
import { z } from "zod";
import type { ListRunsQuery, Page } from "../../ports/run-reader.js";
import { decodeCursor, encodeCursor } from "../../run/cursor.js";
import { runSummary } from "../../run/run-summary.js";
import type { RunRecord } from "../../run/stored.js";
import { answersOf, type RedisCell } from "../cell.js";
import { limits } from "../layout.js";
import { fromRedis } from "../redis-failure.js";
import { runRecord, storedRunFields } from "./stored-run.js";

const Position = z.strictObject({ score: z.number().int().nonnegative(), id: RunId });
type Position = z.infer<typeof Position>;

export async function listRuns(cell: RedisCell, query: ListRunsQuery): Promise<Page<RunSummary>> {
  let after = query.cursor === undefined ? null : decodeCursor(Position, query.cursor);
  const index = await smallestIndex(cell, query);
  const items: RunSummary[] = [];
  for (let scanned = 0; scanned < limits.runsPerList; scanned += limits.runsPerRead) {
    const { positions, isLast } = await readBatch(cell, index, { query, after });
    const runs = await readRuns(cell, positions);
    for (const [at, position] of positions.entries()) {
      const run = runs[at];
      if (run && matches(run, query)) items.push(runSummary(run));
      after = position;
      if (items.length < query.limit) continue;
      return isLast && at === positions.length - 1 ? { items } : { items, nextCursor: encodeCursor(position) };
    }
    if (isLast) return { items };
  }
  return { items, nextCursor: encodeCursor(after) };
}

async function smallestIndex({ client, keys }: RedisCell, query: ListRunsQuery): Promise<string> {
  const named = [
    ...(query.workflow === undefined ? [] : [keys.runsOfWorkflow(query.workflow)]),
    ...(query.status === undefined ? [] : [keys.runsOfStatus(query.status)]),
    ...(query.tag === undefined ? [] : [keys.runsOfTag(query.tag)]),
  ];
  const [first = keys.runs] = named;
  if (named.length < 2) return first;
  const pipeline = client.pipeline();
  for (const key of named) pipeline.zcard(key);
  const sizes = z.array(z.number()).parse(await answersOf(pipeline));
  return named[sizes.indexOf(Math.min(...sizes))] ?? first;
}

interface BatchQuery {
  readonly query: ListRunsQuery;
  readonly after: Position | null;
}

interface Batch {
  readonly positions: readonly Position[];
  /** Nothing stands behind it. */
  readonly isLast: boolean;
}

/** The next entries behind the position, at least one unless it is the last batch. */
async function readBatch({ client }: RedisCell, index: string, { query, after }: BatchQuery): Promise<Batch> {
  const min = query.after === undefined ? "-inf" : `(${query.after}`;
  const before = query.before === undefined ? "+inf" : `(${query.before}`;
  const max = after === null ? before : after.score;
  for (let skip = 0; ; skip += limits.runsPerRead) {
    const entries = positionsOf(
      await fromRedis(client.zrevrangebyscore(index, max, min, "WITHSCORES", "LIMIT", skip, limits.runsPerRead)),
    );
    const positions = after === null ? entries : entries.filter((entry) => isBehind(entry, after));
    const isLast = entries.length < limits.runsPerRead;
    // Otherwise more runs share the cursor's millisecond than fit into a batch, and all of these were given before.
    if (isLast || positions.length > 0) return { positions, isLast };
  }
}

/** Newest first; runs of the same millisecond stand in reverse order of their ids, as Redis keeps them. */
function isBehind(entry: Position, cursor: Position): boolean {
  return entry.score < cursor.score || (entry.score === cursor.score && entry.id < cursor.id);
}

function positionsOf(flat: readonly string[]): readonly Position[] {
  const positions: Position[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    positions.push({ id: RunId.parse(flat[index]), score: Number(flat[index + 1]) });
  }
  return positions;
}

const Values = z.array(z.array(z.string().nullable()));

async function readRuns(
  { client, keys }: RedisCell,
  positions: readonly Position[],
): Promise<readonly (RunRecord | null)[]> {
  if (positions.length === 0) return [];
  const pipeline = client.pipeline();
  for (const { id } of positions) pipeline.hmget(keys.run(id).run, ...storedRunFields);
  const values = Values.parse(await answersOf(pipeline));
  return positions.map(({ id }, index) => runRecord(id, values[index] ?? []));
}

function matches(run: RunRecord, query: ListRunsQuery): boolean {
  return (
    (query.workflow === undefined || run.workflow === query.workflow) &&
    (query.status === undefined || run.status === query.status) &&
    (query.tag === undefined || run.tags.includes(query.tag))
  );
}
