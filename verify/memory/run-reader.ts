import { DefinitionHash, RunEvent, RunId } from "@batonrun/contract";
import { z } from "zod";
import { GRAPH_FORMAT } from "../../packages/core/src/graph/graph.js";
import type { InputReader, ListRunsQuery, Page, RunReader } from "../../packages/core/src/ports/run-reader.js";
import { decodeCursor, encodeCursor } from "../../packages/core/src/run/cursor.js";
import { isoTime } from "../../packages/core/src/run/iso-time.js";
import { RunLifetime } from "../../packages/core/src/run/run-lifetime.js";
import { runSummary } from "../../packages/core/src/run/run-summary.js";
import { StepRecord } from "../../packages/core/src/run/step-record.js";
import type { ContainerCounters, RunRecord, StoredStep } from "../../packages/core/src/run/stored.js";
import { isSettledStepStatus } from "../../packages/core/src/run/transitions.js";
import { fieldOf } from "../model/cell.js";
import { loadInput } from "../model/claim.js";
import type { CellState } from "../model/model.js";
import type { MemoryCell } from "./memory-cell.js";

type Run = CellState["runs"][string];

/** Reads the runs of a memory cell. */
export function memoryRunReader(cell: MemoryCell): RunReader & InputReader {
  const find = (id: RunId): Run | undefined => cell.state().runs[id];
  const read = <Result>(id: RunId, absent: Result, of: (run: Run) => Result): Result => {
    const run = find(id);
    return run === undefined ? absent : of(run);
  };
  return {
    run: async (id) => read(id, null, runRecord),
    document: async (id, name) => read(id, null, (run) => textOf(run, name) ?? null),
    steps: async (id, instances, maxBytes) => storedSteps(find(id), instances, maxBytes),
    counters: async (id, containers) => new Map(containers.map((name) => [name, countersOf(find(id), name)])),
    events: async (id, afterSeq, limit) => read(id, [], (run) => eventsOf(run, afterSeq).slice(0, limit)),
    list: async (query) => listRuns(cell.state(), query),
    inputs: async (id, names) => names.map((name) => read(id, absentInput(name), (run) => loadInput(run, name))),
    inlinePosition: async (id, jobId) => read(id, null, (run) => run.inlinePositions[jobId] ?? null),
    unsettled: async (id) => read(id, [], unsettledOf),
  };
}

function runRecord(run: Run): RunRecord {
  const { id, given, status, closing, createdAt, startedAt, endedAt, deadlineAt, left, seq, error } = run;
  return {
    id: RunId.parse(id),
    ...RunLifetime.parse({
      status,
      closing: closing ?? undefined,
      startedAt: startedAt ?? undefined,
      endedAt: endedAt ?? undefined,
      error: error ?? undefined,
    }),
    definition: DefinitionHash.parse(given.definition),
    format: GRAPH_FORMAT,
    workflow: given.workflow,
    version: given.version,
    priority: given.priority,
    tags: given.tags,
    createdAt,
    deadlineAt,
    left,
    seq,
  };
}

function textOf(run: Run, field: string): string | undefined {
  return run.big[field] ?? run.out[field];
}

function storedSteps(run: Run | undefined, instances: readonly string[], maxBytes: number): readonly StoredStep[] {
  let leftBytes = maxBytes;
  return instances.map((instance): StoredStep => {
    const generation = run?.generations[instance] ?? 0;
    const field = fieldOf(instance, generation);
    const record = run?.records[field];
    const stored = { instance, generation, record: record === undefined ? null : StepRecord.parse(record) };
    const result = run && textOf(run, field);
    if (result === undefined || maxBytes === 0) return stored;
    const bytes = Buffer.byteLength(result);
    if (bytes > leftBytes) return { ...stored, omitted: true };
    leftBytes -= bytes;
    return { ...stored, result };
  });
}

function countersOf(run: Run | undefined, container: string): ContainerCounters {
  const { total = null, entered = 0, failed = 0, skipped = 0, case: taken = null } = run?.containers[container] ?? {};
  return { total, entered, arrived: run?.arrivals[container]?.count ?? 0, failed, skipped, case: taken };
}

/** Every event carries the compliance flags of its run's workflow. */
function eventsOf(run: Run, afterSeq: number): readonly RunEvent[] {
  const { compliance } = run.given;
  return run.events
    .filter(({ seq }) => seq > afterSeq)
    .map(({ at, data, ...event }) =>
      RunEvent.parse({
        ...event,
        at: isoTime(at),
        ...(data !== undefined && { data: JSON.parse(data) }),
        ...(compliance.length > 0 && { compliance }),
      }),
    );
}

function absentInput(name: string) {
  return { name, record: "", value: name.startsWith("#") ? "0 0 0" : "" };
}

function unsettledOf(run: Run) {
  return Object.entries(run.records)
    .filter(([, record]) => !isSettledStepStatus(record.s))
    .map(([field]) => {
      const [instance = "", generation = "0"] = field.split("#");
      return { instance, generation: Number(generation) };
    });
}

const Position = z.strictObject({ createdAt: z.number(), id: z.string() });

/** Newest first; runs of one millisecond in reverse order of their ids. */
function listRuns(state: CellState, query: ListRunsQuery): Page<ReturnType<typeof runSummary>> {
  const after = query.cursor === undefined ? null : decodeCursor(Position, query.cursor);
  const isBehind = ({ createdAt, id }: RunRecord) =>
    after === null || createdAt < after.createdAt || (createdAt === after.createdAt && id < after.id);
  const runs = Object.values(state.runs)
    .map(runRecord)
    .filter((run) => matches(run, query) && isBehind(run))
    .sort((one, other) => other.createdAt - one.createdAt || (one.id < other.id ? 1 : -1));
  const page = runs.slice(0, query.limit);
  const items = page.map(runSummary);
  const last = page.at(-1);
  if (runs.length <= query.limit || last === undefined) return { items };
  return { items, nextCursor: encodeCursor({ createdAt: last.createdAt, id: last.id }) };
}

function matches(run: RunRecord, { workflow, status, tag, after, before }: ListRunsQuery): boolean {
  return (
    (workflow === undefined || run.workflow === workflow) &&
    (status === undefined || run.status === status) &&
    (tag === undefined || run.tags.includes(tag)) &&
    (after === undefined || run.createdAt > after) &&
    (before === undefined || run.createdAt < before)
  );
}
