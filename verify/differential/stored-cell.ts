import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { CellKeys } from "../../packages/core/src/redis/cell-keys.js";
import type { Attempted } from "../model/cell.js";
import {
  dueOf,
  eventText,
  type NormalCell,
  type NormalJob,
  type NormalQueue,
  type NormalRun,
  normalRecord,
} from "./normal-form.js";

/** What is asked for by name, because nothing is found by SCAN. */
export interface Names {
  readonly runs: readonly string[];
  readonly queues: readonly string[];
  readonly indexes: readonly string[];
  readonly definitions: readonly string[];
  /** The callers' keys. */
  readonly idempotency: readonly string[];
}

/** Everything of a cell in one atomic look. KEYS: any key of the cell. ARGV: its tag, and the names as JSON. */
const dump = `
local tag, names = ARGV[1], cjson.decode(ARGV[2])
local call = redis.call
local time = call('TIME')
local reply = { runs = {}, queues = {}, jobs = {}, indexes = {}, idempotency = {}, definitions = {} }
local function job(queue, id)
  local key = tag .. ':q:' .. queue .. ':' .. id
  local f = call('HMGET', key, 'name', 'data', 'priority', 'ats', 'stc', 'failedReason')
  reply.jobs[#reply.jobs + 1] = { queue .. '/' .. id, f[1], f[2], f[3], f[4], f[5], f[6], call('GET', key .. ':lock'),
    call('LRANGE', key .. ':logs', 0, -1), call('SMEMBERS', key .. ':dependencies') }
end
for _, queue in ipairs(names.queues) do
  local key = tag .. ':q:' .. queue .. ':'
  local lists = { call('LRANGE', key .. 'wait', 0, -1), call('ZRANGE', key .. 'prioritized', 0, -1), call('LRANGE', key .. 'active', 0, -1),
    call('ZRANGE', key .. 'delayed', 0, -1), call('ZRANGE', key .. 'waiting-children', 0, -1), call('ZRANGE', key .. 'failed', 0, -1) }
  for _, list in ipairs(lists) do
    for _, id in ipairs(list) do job(queue, id) end
  end
  lists[7] = call('ZRANGE', key .. 'delayed', 0, -1, 'WITHSCORES')
  reply.queues[#reply.queues + 1] = { queue, unpack(lists) }
end
for _, id in ipairs(names.runs) do
  local key = tag .. ':run:' .. id
  local ready = {}
  for i, packed in ipairs(call('LRANGE', key .. ':ready', 0, -1)) do
    local e = cmsgpack.unpack(packed)
    ready[i] = table.concat({ e.instance, e.queue, e.priority, e.name, e.role, e.skip or '', e.delay or '' }, '|')
  end
  reply.runs[#reply.runs + 1] = { id, call('HGETALL', key), call('HGETALL', key .. ':steps'), call('HGETALL', key .. ':out'),
    call('HGETALL', key .. ':big'), call('HGETALL', key .. ':items'), ready, call('LRANGE', key .. ':done', 0, -1),
    call('XRANGE', key .. ':events', '-', '+') }
end
for _, name in ipairs(names.indexes) do reply.indexes[#reply.indexes + 1] = { name, call('ZRANGE', tag .. ':' .. name, 0, -1) } end
for _, key in ipairs(names.idempotency) do
  reply.idempotency[#reply.idempotency + 1] = call('HMGET', tag .. ':idem:' .. key, 'run', 'body')
end
for _, hash in ipairs(names.definitions) do reply.definitions[#reply.definitions + 1] = call('EXISTS', tag .. ':def:' .. hash) end
return { time[1] * 1000 + math.floor(time[2] / 1000), reply.runs, reply.queues, reply.jobs, reply.indexes, reply.idempotency,
  reply.definitions, call('ZRANGE', tag .. ':timers', 0, -1, 'WITHSCORES'), call('HGETALL', tag .. ':defs:ad-hoc') }
`;
const dumpSha = createHash("sha1").update(dump).digest("hex");

type Flat = readonly string[];
/** What the script above returns, in its order. */
type Dump = readonly [
  now: number,
  runs: readonly (readonly [string, Flat, Flat, Flat, Flat, Flat, Flat, Flat, readonly (readonly [string, Flat])[]])[],
  queues: readonly (readonly [string, Flat, Flat, Flat, Flat, Flat, Flat, Flat])[],
  jobs: readonly (readonly [
    string,
    string,
    string,
    string,
    string | null,
    string | null,
    string | null,
    string | null,
    Flat,
    Flat,
  ])[],
  indexes: readonly (readonly [string, Flat])[],
  idempotency: readonly (readonly [string | null, string | null])[],
  definitions: readonly number[],
  timers: Flat,
  adHoc: Flat,
];

/** Of Redis. */
export async function readCell(client: Redis, keys: CellKeys, names: Names): Promise<NormalCell> {
  const hashed = names.idempotency.map((key) => createHash("sha256").update(key).digest("hex"));
  const args = [keys.tag, JSON.stringify({ ...names, idempotency: hashed })];
  // Written and read by this file only.
  const reply = (await client
    .evalsha(dumpSha, 1, keys.timers, ...args)
    .catch(() => client.eval(dump, 1, keys.timers, ...args))) as Dump;
  const [now, runs, queues, jobs, indexes, idempotency, definitions, timers, adHoc] = reply;
  const known = queues.map(([name, ...lists]) => [name, storedQueue(lists, now)] as const);
  const used = idempotency.flatMap(([run, body], index) =>
    run === null ? [] : [[names.idempotency[index] ?? "", `${run} ${body}`]],
  );
  const due = pairs(timers).map(([name, score]) => [name, dueOf(Number(score), now)] as const);
  return {
    runs: Object.fromEntries(
      runs.filter(([, fields]) => fields.length > 0).map((run) => [run[0], storedRun(run, now)]),
    ),
    queues: Object.fromEntries(known.filter(([, queue]) => Object.values(queue).some((list) => list.length > 0))),
    jobs: Object.fromEntries(jobs.map((job) => [job[0], storedJob(keys, job)])),
    indexes: Object.fromEntries(
      indexes.filter(([, ids]) => ids.length > 0).map(([name, ids]) => [name, [...ids].sort()]),
    ),
    timers: Object.fromEntries(due),
    idempotency: Object.fromEntries(used),
    definitions: names.definitions.filter((_, index) => definitions[index] === 1).sort(),
    adHoc: Object.fromEntries(pairs(adHoc).map(([hash, uses]) => [hash, Number(uses)])),
  };
}

function storedQueue(lists: readonly Flat[], now: number): NormalQueue {
  const [wait = [], prioritized = [], active = [], , parked = [], failed = [], delayed = []] = lists;
  return {
    waiting: [...wait].reverse(),
    prioritized: [...prioritized],
    active: [...active].sort(),
    // BullMQ keeps 12 bits below the time for the order within a millisecond.
    delayed: pairs(delayed).map(([id, score]) => `${id} ${dueOf(Math.floor(Number(score) / 4096), now)}`),
    parked: [...parked].sort(),
    failed: [...failed].sort(),
  };
}

function storedJob(keys: CellKeys, job: Dump[3][number]): NormalJob {
  const [, name, data, priority, starts, stalls, failedReason, token, log, dependencies] = job;
  const prefix = `${keys.queues}:`;
  const children = dependencies.map((key) => key.slice(prefix.length).replace(":", "/")).sort();
  const counts = { priority: Number(priority), starts: Number(starts ?? 0), stalls: Number(stalls ?? 0) };
  return { name, data, ...counts, token, failedReason, log: [...log], children };
}

const ignored = new Set(["format", "createdAt", "deadlineAt", "progressAt", "retentionMs", "idempotency"]);
const times = new Set(["startedAt", "endedAt"]);

function storedRun(run: Dump[1][number], now: number): NormalRun {
  const [, fields, steps, out, big, items, ready, done, events] = run;
  const shown = pairs(fields).filter(([name]) => !ignored.has(name));
  const [marked, plain] = [
    pairs(steps).filter(([name]) => name.includes(":")),
    pairs(steps).filter(([name]) => !name.includes(":")),
  ];
  return {
    fields: Object.fromEntries(shown.map(([name, value]) => [name, times.has(name) ? "set" : value])),
    // Records are written by scripts from parts that the model has to agree with; the comparison is the parsing.
    records: Object.fromEntries(
      plain.map(([field, text]) => [field, normalRecord(JSON.parse(text) as Attempted, now)]),
    ),
    counters: { ...countersOf(marked), ...waitingBranches(marked) },
    out: Object.fromEntries(pairs(out)),
    big: Object.fromEntries(pairs(big)),
    items: Object.fromEntries(pairs(items)),
    ready: [...ready],
    done: [...done],
    events: events.map(([id, entry]) => storedEvent(id, Object.fromEntries(pairs(entry)))),
  };
}

type Marked = readonly (readonly [string, string])[];

/** Without the branches that wait, and where their line begins and ends. */
function countersOf(marked: Marked): Readonly<Record<string, string>> {
  const counters = marked.filter(([name]) => !/^[wht]:/.test(name));
  return Object.fromEntries(counters.map(([name, value]) => [name, value === "-0" ? "0" : value]));
}

/** `w:<parallel>.<n>`, each `[instance, route, skip]`, in the order of n. */
function waitingBranches(marked: Marked): Readonly<Record<string, string>> {
  const lines = new Map<string, { place: number; text: string }[]>();
  for (const [name, value] of marked) {
    const [, container, place] = /^(w:.*)\.(\d+)$/.exec(name) ?? [];
    if (container === undefined) continue;
    const [instance, , skip] = JSON.parse(value) as readonly [string, unknown, string | undefined]; // as enter_branch wrote it
    const line = lines.get(container) ?? [];
    lines.set(container, [...line, { place: Number(place), text: `${instance} ${skip ?? ""}` }]);
  }
  const inOrder = [...lines].map(([container, line]) => {
    const sorted = line.sort((one, other) => one.place - other.place);
    return [container, sorted.map(({ text }) => text).join()] as const;
  });
  return Object.fromEntries(inOrder);
}

function storedEvent(id: string, { type = "", at: _at, ...rest }: Readonly<Record<string, string>>) {
  return { seq: Number.parseInt(id, 10), type, text: eventText(rest) };
}

function pairs(flat: Flat): readonly (readonly [string, string])[] {
  const list: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) list.push([flat[index] ?? "", flat[index + 1] ?? ""]);
  return list;
}
