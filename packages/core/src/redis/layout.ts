/**
 * Everything that Baton names in Redis, in one table: keys, hash fields, statuses, limits. TypeScript builds its keys from it
 * (`cell-keys.ts`), `script.ts` puts its words into the Lua scripts, and ARCHITECTURE.md's table of keys is made of it.
 *
 * A running installation holds data under these names: a changed name is a migration.
 */
import { RunStatus, StepStatus } from "@batonrun/contract";
import { enterOf } from "../graph/outline.js";
import { RUN_QUEUE } from "../plan/queue-names.js";
import type { StepRecord } from "../run/step-record.js";

/** `at`: the name, with `<…>` for each part that varies. */
interface Entry {
  readonly at: string;
  readonly holds: string;
}

interface KeyEntry extends Entry {
  /** Redis' type, `CHANNEL`, or `PREFIX` where BullMQ puts its own keys behind it. */
  readonly type: "CHANNEL" | "HASH" | "LIST" | "PREFIX" | "SET" | "STREAM" | "STRING" | "ZSET";
}

/** The keys of a cell, behind its hash tag: `{b0}:def:<hash>`. In Lua: `cell .. CELL.definition .. hash`. */
export const cellKeys = {
  queues: {
    at: ":q",
    type: "PREFIX",
    holds: "BullMQ's own keys: `{b0}:q:<queue>:…` for the queues `runs`, `steps.core` and `steps.<capability>`",
  },
  queueNames: { at: ":queues", type: "SET", holds: "names of the queues that have ever had a job" },
  run: {
    at: ":run:<id>",
    type: "HASH",
    holds: "status, closing, definition hash, counts, times: what the gate and the run's own job check",
  },
  definition: { at: ":def:<hash>", type: "STRING", holds: "a normalized definition" },
  adHocDefinitions: {
    at: ":defs:ad-hoc",
    type: "HASH",
    holds: "how many runs use a definition that came with a run; it is deleted with the last of them",
  },
  registeredDefinitions: { at: ":defs:registered", type: "SET", holds: "hashes of definitions that stay" },
  workflows: { at: ":workflows", type: "ZSET", holds: "workflow names in alphabetical order" },
  workflow: { at: ":workflow:<name>", type: "HASH", holds: "its versions, each with its hash" },
  runs: { at: ":runs", type: "ZSET", holds: "all runs by time of creation" },
  runsOfWorkflow: { at: ":runs:workflow:<name>", type: "ZSET", holds: "the same, of one workflow" },
  runsOfStatus: { at: ":runs:status:<status>", type: "ZSET", holds: "the same, of one status" },
  runsOfTag: { at: ":runs:tag:<tag>", type: "ZSET", holds: "the same, of one tag" },
  open: { at: ":open", type: "ZSET", holds: "runs that have not ended, by their last progress" },
  timers: { at: ":timers", type: "ZSET", holds: "deadlines and retentions, by when they are due" },
  idempotency: { at: ":idem:<digest>", type: "HASH", holds: "the run and the body of an idempotency key" },
  workers: { at: ":workers", type: "ZSET", holds: "workers, by the end of their lease" },
  worker: { at: ":worker:<id>", type: "STRING", holds: "what a worker announced" },
  actions: { at: ":actions:<digest>", type: "SET", holds: "names of actions, shared by workers with the same ones" },
  changes: {
    at: ":changes:<runId>",
    type: "CHANNEL",
    holds: "a run's last `seq`, published by each script that appends",
  },
  aborts: { at: ":aborts", type: "CHANNEL", holds: "runs whose steps must be aborted" },
} as const satisfies Record<string, KeyEntry>;

/** The keys of a run, behind the key of its hash: `{b0}:run:<id>:steps`. In Lua: `run.key .. KEY.steps`. */
export const runKeys = {
  steps: {
    at: ":steps",
    type: "HASH",
    holds:
      "one record per instance: status, attempts, times, error; also arrived predecessors, inline positions, counters of containers",
  },
  out: { at: ":out", type: "HASH", holds: "results up to 64 KB; the run's input and output" },
  big: { at: ":big", type: "HASH", holds: "results above 64 KB, at most 1 MB each" },
  items: { at: ":items", type: "HASH", holds: "items of maps, by index" },
  ready: { at: ":ready", type: "LIST", holds: "instances that are ready and wait for a slot of the run" },
  done: { at: ":done", type: "LIST", holds: "completed instances, in order of completion" },
  events: { at: ":events", type: "STREAM", holds: "the event log; an entry's id is `<seq>-0`" },
} as const satisfies Record<string, KeyEntry>;

/** The keys as ARCHITECTURE.md lists them, a run's own behind the run. */
export const documentedKeys: readonly { readonly key: string; readonly type: string; readonly holds: string }[] =
  Object.entries(cellKeys).flatMap(([name, { at, type, holds }]) => {
    const key = `{b0}${at}`;
    const parts = name === "run" ? Object.values(runKeys) : [];
    return [{ key, type, holds }, ...parts.map((part) => ({ ...part, key: `${key}${part.at}` }))];
  });

/** The fields of a run's hash, as text. Times are ms since the epoch, by Redis. In Lua: `RUN.status`. */
export const runFields = {
  status: "RunStatus",
  closing: "Closing, written once",
  definition: "definition hash",
  format: "graph format",
  workflow: "name",
  version: "semver",
  priority: "0 to 100",
  tags: "JSON list",
  compliance: "JSON list, when there are flags",
  adhoc: "1 when the definition came with the run",
  idempotency: "key of the idempotency entry",
  createdAt: "ms",
  startedAt: "ms",
  endedAt: "ms",
  deadlineAt: "ms",
  retentionMs: "ms to keep the run after its end",
  maxParallel: "slots",
  busy: "slots in use",
  left: "steps of the top scope that are not settled",
  seq: "number of the last event",
  progressAt: "ms, when `open` was last updated",
  generations: "how many instances have a generation above 0",
  error: "SerializedError as JSON",
  kept: "JSON list of [queue, jobId] of failed jobs kept for the board",
} as const;

export type RunField = keyof typeof runFields;

/**
 * What `:steps` holds beside records, distinguished by the prefix. In Lua: `FIELD.arrived .. instance`.
 * A record's own field is the plain instance, `<instance>#<generation>` above generation 0; it never contains a colon.
 */
export const stepsFields = {
  arrived: {
    at: "a:<instance>",
    holds: "arrived predecessors: how many, how many skipped, how many failed, in one number",
  },
  inlinePosition: { at: "c:<jobId>", holds: "the instance that a job continued with inline" },
  generation: { at: "g:<instance>", holds: "generation, when above 0" },
  total: { at: "n:<container>", holds: "items, branches, or steps of the chosen case" },
  entered: { at: "i:<container>", holds: "items entered" },
  failed: { at: "f:<container>", holds: "failed items, branches, or steps" },
  skipped: { at: "k:<container>", holds: "skipped items, branches, or steps" },
  branchesInUse: { at: "u:<container>", holds: "branches entered and not yet ended" },
  waitingBranch: { at: "w:<container>.<n>", holds: "JSON [instance, route, skip] of a branch that waits for a slot" },
  firstWaiting: { at: "h:<container>", holds: "n of the branch that has waited longest" },
  nextWaiting: { at: "t:<container>", holds: "n of the next branch that will have to wait" },
  takenCase: { at: "case:<conditional>", holds: "key of the case that was taken" },
} as const satisfies Record<string, Entry>;

/** The fields of a step record, JSON in `:steps`: one letter each, because there is a record per instance. In Lua: `record[RECORD.status]`. */
export const recordFields = {
  status: "s",
  attempts: "a",
  failures: "f",
  crashes: "k",
  queuedAt: "q",
  startedAt: "t",
  endedAt: "e",
  dueAt: "d",
  handBacks: "h",
  owner: "o",
  skipReason: "r",
  slaBreached: "b",
  degraded: "g",
  error: "x",
} as const satisfies Record<string, keyof StepRecord>;

/** Fields of `:out` that are no instance's result. In Lua: `OUT.input`. */
const outFields = { input: "_input", output: "_output" } as const;

/** Fields of an entry of the event log. In Lua: `EVENT.type`. */
export const eventFields = {
  type: "type",
  at: "at",
  step: "step",
  generation: "generation",
  attempt: "attempt",
  actor: "actor",
  data: "data",
} as const;

/** Fields of an idempotency entry. In Lua: `IDEMPOTENCY.run`. */
const idempotencyFields = { run: "run", body: "body" } as const;

/** A timer is `<kind>:<runId>`. In Lua: `TIMER.deadline`. */
const timerKinds = { deadline: "deadline", retention: "retention" } as const;

/** What bounds a script or a command, so that Redis serves others in between. In Lua: `LIMIT.jobsPerScript`. */
export const limits = {
  /** Jobs that one script adds. */
  jobsPerScript: 200,
  /** Timers that one call fires. */
  timersPerCall: 100,
  /** Kept jobs of a run that one call of sweep-run removes. */
  keptJobsPerSweep: 500,
  /** A longer result, input, or output is in `:big`, with `@<bytes>` in `:out`. */
  outBytes: 65_536,
  /** Records that one HSET writes, as names and values. */
  valuesPerHset: 1_000,
  /** Entries that one RPUSH appends. */
  entriesPerPush: 500,
  /** Least time between two updates of a run's score in `open`. */
  progressMs: 1_000,
  /** Bytes of results that one HMGET reads: Redis copies them for about a millisecond. */
  bytesPerRead: 1_048_576,
  /** Instances whose records one round trip reads. */
  instancesPerRead: 200,
  /** Fields that one HSCAN looks at. */
  fieldsPerScan: 500,
  /** Runs that one round trip of a list reads. */
  runsPerRead: 200,
  /** Runs that one call of a list looks at, however few match. */
  runsPerList: 2_000,
} as const;

/** The field of an instance in the hashes of its run. */
export function instanceField(instance: string, generation: number): string {
  return generation === 0 ? instance : `${instance}#${generation}`;
}

/** A name of `stepsFields`, with values for its `<…>`: `stepsField("waitingBranch", "fan", 3)` is `w:fan.3`. */
export function stepsField(name: keyof typeof stepsFields, ...parts: readonly (string | number)[]): string {
  return filled(piecesOf(stepsFields[name].at), parts);
}

/** What a name has around its `<…>`: `:run:<id>` is [":run:", ""]. */
export function piecesOf(at: string): readonly string[] {
  return at.split(/<\w+>/);
}

/** [":runs:tag:", ""] with ["eu"] is `:runs:tag:eu`. */
export function filled(pieces: readonly string[], parts: readonly (string | number)[]): string {
  let text = pieces[0] ?? "";
  for (let at = 1; at < pieces.length; at += 1) text += `${parts[at - 1]}${pieces[at]}`;
  return text;
}

/** What Lua calls the words of this table: `KEY.steps` is put in as `':steps'`, `LIMIT.jobsPerScript` as `200`. */
export const luaWords: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  CELL: startsOf(cellKeys),
  KEY: startsOf(runKeys),
  RUN: namesOf(Object.keys(runFields)),
  FIELD: startsOf(stepsFields),
  RECORD: recordFields,
  OUT: outFields,
  EVENT: eventFields,
  IDEMPOTENCY: idempotencyFields,
  TIMER: timerKinds,
  RUN_STATUS: namesOf(RunStatus.options),
  STEP_STATUS: namesOf(StepStatus.options),
  QUEUE: { runs: RUN_QUEUE },
  /** `fan._enter` enters the container `fan`. */
  NODE: { enter: enterOf("") },
  LIMIT: limits,
};

/** Each name up to its first varying part: `:def:` of `:def:<hash>`. */
function startsOf(entries: Readonly<Record<string, Entry>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(entries).map(([name, { at }]) => [name, at.split("<", 1)[0] ?? ""]));
}

function namesOf(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, name]));
}
