import type { RunEvent, RunId } from "@batonrun/contract";
import { z } from "zod";
import type { RunReader } from "../../ports/run-reader.js";
import type { ContainerCounters, StoredStep } from "../../run/stored.js";
import { answersOf, type RedisCell } from "../cell.js";
import { type RunField, stepsField, type stepsFields } from "../layout.js";
import { fromRedis } from "../redis-failure.js";
import { listRuns } from "./list-runs.js";
import { runEvent } from "./stored-event.js";
import { runRecord, storedRunFields } from "./stored-run.js";
import { readSteps } from "./stored-steps.js";

/** Reads runs from Redis. Round trips: `steps` one a chunk of 200 and one more a MB of results, the others one. */
export function redisRunReader(cell: RedisCell): RunReader {
  const { client, keys } = cell;
  return {
    run: async (id) => runRecord(id, await fromRedis(client.hmget(keys.run(id).run, ...storedRunFields))),
    document: (id, name) => readDocument(cell, id, name),
    steps: (id, instances, maxBytes): Promise<readonly StoredStep[]> => readSteps(cell, id, { instances, maxBytes }),
    counters: (id, containers) => readCounters(cell, id, containers),
    events: (id, afterSeq, limit) => readEvents(cell, id, { afterSeq, limit }),
    list: (query) => listRuns(cell, query),
  };
}

/** One round trip, two for a document above 64 KB. */
async function readDocument({ client, keys }: RedisCell, id: RunId, name: string): Promise<string | null> {
  const text = await fromRedis(client.hget(keys.run(id).out, name));
  return text?.startsWith("@") ? fromRedis(client.hget(keys.run(id).big, name)) : text;
}

async function readCounters(
  { client, keys }: RedisCell,
  id: RunId,
  containers: readonly string[],
): Promise<ReadonlyMap<string, ContainerCounters>> {
  if (containers.length === 0) return new Map();
  const fields = containers.flatMap((name) => countedFields.map((field) => stepsField(field, name)));
  const values = await fromRedis(client.hmget(keys.run(id).steps, ...fields));
  const width = countedFields.length;
  return new Map(
    containers.map((name, index) => [name, containerCounters(values.slice(index * width, (index + 1) * width))]),
  );
}

const countedFields = [
  "total",
  "entered",
  "arrived",
  "failed",
  "skipped",
  "takenCase",
] as const satisfies readonly (keyof typeof stepsFields)[];

function containerCounters(values: readonly (string | null)[]): ContainerCounters {
  const [total, entered, arrived, failed, skipped, taken] = values;
  return {
    total: typeof total === "string" ? Number(total) : null,
    entered: Number(entered ?? 0),
    arrived: Number(arrived ?? 0),
    failed: Number(failed ?? 0),
    skipped: Number(skipped ?? 0),
    case: taken ?? null,
  };
}

/** Every event carries the flags of its run's workflow: stored once, with the run. */
async function readEvents(
  { client, keys }: RedisCell,
  id: RunId,
  { afterSeq, limit }: { readonly afterSeq: number; readonly limit: number },
): Promise<readonly RunEvent[]> {
  const { run, events } = keys.run(id);
  const pipeline = client.pipeline().hget(run, "compliance" satisfies RunField);
  const [flags, entries] = await answersOf(pipeline.xrange(events, `${afterSeq + 1}-0`, "+", "COUNT", limit));
  const compliance = typeof flags === "string" ? Flags.parse(JSON.parse(flags)) : undefined;
  return Entries.parse(entries).map(([entryId, fields]) => ({
    ...runEvent(entryId, fields),
    ...(compliance && { compliance }),
  }));
}

const Flags = z.array(z.string());
const Entries = z.array(z.tuple([z.string(), z.array(z.string())]));
