import type { Attempted } from "../model/cell.js";
import type { CellState } from "../model/model.js";

/**
 * A cell as both have to show it. Times are only there or not, due or not yet: Redis has a clock of its own.
 * Text that scripts make (records, packed entries) is taken apart, so that the order of keys is nobody's business.
 */
export interface NormalCell {
  readonly runs: Readonly<Record<string, NormalRun>>;
  readonly queues: Readonly<Record<string, NormalQueue>>;
  readonly jobs: Readonly<Record<string, NormalJob>>;
  readonly indexes: Readonly<Record<string, readonly string[]>>;
  /** Name -> due or later. */
  readonly timers: Readonly<Record<string, Due>>;
  readonly idempotency: Readonly<Record<string, string>>;
  readonly definitions: readonly string[];
  readonly adHoc: Readonly<Record<string, number>>;
}

export type Due = "due" | "later";

export interface NormalRun {
  /** Fields of the run hash, as text. */
  readonly fields: Readonly<Record<string, string>>;
  readonly records: Readonly<Record<string, NormalRecord>>;
  /** Everything else in `:steps`, as text. */
  readonly counters: Readonly<Record<string, string>>;
  readonly out: Readonly<Record<string, string>>;
  readonly big: Readonly<Record<string, string>>;
  readonly items: Readonly<Record<string, string>>;
  readonly ready: readonly string[];
  readonly done: readonly string[];
  readonly events: readonly NormalEvent[];
}

export type NormalRecord = Readonly<Record<string, string | number | boolean>>;

export interface NormalEvent {
  readonly seq: number;
  readonly type: string;
  readonly text: string;
}

export interface NormalQueue {
  readonly waiting: readonly string[];
  readonly prioritized: readonly string[];
  readonly active: readonly string[];
  readonly delayed: readonly string[];
  readonly parked: readonly string[];
  readonly failed: readonly string[];
}

export interface NormalJob {
  readonly name: string;
  readonly data: string;
  readonly priority: number;
  readonly token: string | null;
  readonly starts: number;
  readonly stalls: number;
  readonly failedReason: string | null;
  readonly log: readonly string[];
  readonly children: readonly string[];
}

const SKIPPED = 2 ** 20;
const FAILED = 2 ** 36;

/** Of a model's cell. */
export function normalModel(cell: CellState): NormalCell {
  const jobs = Object.entries(cell.jobs).map(([key, job]) => {
    const { id: _id, queue: _queue, parent: _parent, children, ...rest } = job;
    return [key, { ...rest, children: [...children].sort() }] as const;
  });
  return {
    runs: Object.fromEntries(Object.entries(cell.runs).map(([id, run]) => [id, normalRun(cell, run)])),
    queues: normalQueues(cell),
    jobs: Object.fromEntries(jobs),
    indexes: indexesOf(cell),
    timers: Object.fromEntries(Object.entries(cell.timers).map(([name, dueAt]) => [name, dueOf(dueAt, cell.at)])),
    idempotency: Object.fromEntries(
      Object.entries(cell.idempotency).map(([key, { run, body }]) => [key, `${run} ${body}`]),
    ),
    definitions: [...cell.definitions.stored].sort(),
    adHoc: cell.definitions.adHoc,
  };
}

export function dueOf(dueAt: number, now: number): Due {
  return dueAt <= now ? "due" : "later";
}

function normalQueues(cell: CellState): Readonly<Record<string, NormalQueue>> {
  const some = Object.entries(cell.queues).map(
    ([name, { delayed, parked, active, failed, ...queue }]) =>
      [
        name,
        {
          ...queue,
          active: [...active].sort(),
          delayed: delayed.map(({ id, dueAt }) => `${id} ${dueOf(dueAt, cell.at)}`),
          parked: [...parked].sort(),
          failed: [...failed].sort(),
        },
      ] as const,
  );
  return Object.fromEntries(some.filter(([, queue]) => Object.values(queue).some((list) => list.length > 0)));
}

function indexesOf(cell: CellState): Readonly<Record<string, readonly string[]>> {
  const indexes: Record<string, string[]> = {};
  const list = (name: string, id: string) => {
    const index = indexes[name] ?? [];
    index.push(id);
    indexes[name] = index.sort();
  };
  for (const id of cell.accepted) list("runs", id);
  for (const id of cell.open) list("open", id);
  for (const { id, status, given } of Object.values(cell.runs)) {
    list(`runs:status:${status}`, id);
    list(`runs:workflow:${given.workflow}`, id);
    for (const tag of given.tags) list(`runs:tag:${tag}`, id);
  }
  return indexes;
}

function normalRun(cell: CellState, run: CellState["runs"][string]): NormalRun {
  return {
    fields: fieldsOf(run),
    records: Object.fromEntries(
      Object.entries(run.records).map(([field, record]) => [field, normalRecord(record, cell.at)]),
    ),
    counters: countersOf(run),
    out: run.out,
    big: run.big,
    items: run.items,
    ready: run.ready.map(entryText),
    done: run.done,
    events: run.events.map(({ seq, type, at: _at, ...rest }) => ({ seq, type, text: eventText(rest) })),
  };
}

function fieldsOf(run: CellState["runs"][string]): Readonly<Record<string, string>> {
  const { given, status, closing, startedAt, endedAt, error, seq, busy, left, kept } = run;
  const generations = Object.keys(run.generations).length;
  const some = {
    status,
    closing,
    error,
    seq,
    busy,
    left,
    definition: given.definition,
    workflow: given.workflow,
    version: given.version,
    priority: given.priority,
    tags: JSON.stringify(given.tags),
    compliance: given.compliance.length === 0 ? null : JSON.stringify(given.compliance),
    maxParallel: given.maxParallel,
    adhoc: given.adhoc ? 1 : null,
    startedAt: startedAt === null ? null : "set",
    endedAt: endedAt === null ? null : "set",
    generations: generations === 0 ? null : generations,
    kept: kept.length === 0 ? null : JSON.stringify(kept.map(({ queue, id }) => [queue, id])),
  };
  const known = Object.entries(some).filter(([, value]) => value !== null);
  return Object.fromEntries(known.map(([name, value]) => [name, String(value)]));
}

/** A record as stored or as the model has it: defaults left out, times there or not. */
export function normalRecord(record: Readonly<Attempted>, now: number): NormalRecord {
  const { s, a, f, k, h, r, g, b, x, o, q, t, e, d } = record;
  const known = { s, a: a || undefined, f: f || undefined, k: k || undefined, h, r, g, b, x, o };
  const times = {
    q: q !== undefined,
    t: t !== undefined,
    e: e !== undefined,
    d: d === undefined ? undefined : dueOf(d, now),
  };
  const some = Object.entries({ ...known, ...times }).filter(([, value]) => value !== undefined && value !== false);
  // What is undefined was filtered out on the line above.
  return Object.fromEntries(some) as NormalRecord;
}

function countersOf(run: CellState["runs"][string]): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  const put = (name: string, value: string | number | undefined) => {
    if (value !== undefined) texts[name] = String(value);
  };
  for (const [instance, { count, skipped, failed }] of Object.entries(run.arrivals)) {
    put(`a:${instance}`, count + skipped * SKIPPED + failed * FAILED + 0);
  }
  for (const [job, instance] of Object.entries(run.inlinePositions)) put(`c:${job}`, instance);
  for (const [instance, generation] of Object.entries(run.generations)) put(`g:${instance}`, generation);
  for (const [container, counters] of Object.entries(run.containers)) {
    const { total, entered, failed, skipped, branches, waiting, case: taken } = counters;
    const named = { n: total, i: entered, f: failed, k: skipped, u: branches, case: taken };
    for (const [name, value] of Object.entries(named)) put(`${name}:${container}`, value);
    if (waiting !== undefined && waiting.length > 0)
      put(`w:${container}`, waiting.map(({ instance, skip }) => `${instance} ${skip ?? ""}`).join());
  }
  return texts;
}

type ReadyEntry = CellState["runs"][string]["ready"][number];

function entryText({ instance, queue, priority, name, role, skip }: ReadyEntry): string {
  return [instance, queue, priority, name, role, skip ?? "", ""].join("|");
}

export function eventText(event: Readonly<Record<string, string | number>>): string {
  const names = ["step", "generation", "attempt", "actor", "data"];
  return names.map((name) => `${name}=${event[name] ?? ""}`).join(" ");
}
