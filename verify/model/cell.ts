import type { Closing, EventType, RunStatus, SkipReason } from "@batonrun/contract";
import type { Route } from "../../packages/core/src/ports/route.js";
import type { Lease, StartRunCommand } from "../../packages/core/src/ports/transitions.js";
import type { StepRecord } from "../../packages/core/src/run/step-record.js";

/**
 * Everything of a cell that a script may change, as plain data. `at` is the model's clock: who calls hands the time in.
 * A transition works on a copy of its own (see model.ts), so these fields may be written; outside they are read only.
 */
export interface Cell {
  at: number;
  runs: Record<string, Run>;
  queues: Record<string, Queue>;
  /** By `<queue>/<job id>`. */
  jobs: Record<string, Job>;
  /** Ids of runs by creation: accepted and not swept. */
  accepted: string[];
  /** Ids of runs that have not ended. */
  open: string[];
  /** `deadline:<run>` or `retention:<run>` -> when it is due. */
  timers: Record<string, number>;
  idempotency: Record<string, { readonly run: string; readonly body: string }>;
  definitions: { stored: string[]; registered: string[]; adHoc: Record<string, number> };
}

export interface Run {
  readonly id: string;
  /** What `start-run` got, which no script changes. */
  readonly given: Pick<
    StartRunCommand,
    "definition" | "workflow" | "version" | "priority" | "tags" | "compliance" | "adhoc" | "maxParallel" | "retentionMs"
  > & { readonly idempotency: string | null };
  readonly createdAt: number;
  readonly deadlineAt: number;
  status: RunStatus;
  closing: Closing | null;
  startedAt: number | null;
  endedAt: number | null;
  error: string | null;
  seq: number;
  busy: number;
  left: number;
  /** By instance, `#<generation>` above 0. */
  records: Record<string, Attempted>;
  /** Generations above 0, by instance. */
  generations: Record<string, number>;
  /** The step that a job continued with inline, by job id. */
  inlinePositions: Record<string, string>;
  arrivals: Record<string, Arrivals>;
  containers: Record<string, Counters>;
  /** Results as text, those above 64 KB as `@<bytes>`. */
  out: Record<string, string>;
  big: Record<string, string>;
  items: Record<string, string>;
  ready: Entry[];
  done: string[];
  events: Event[];
  /** Failed jobs that are kept for the board. */
  kept: Pick<Lease, "queue" | "id">[];
}

/** A step's record; `o` is the lock's token of the current claim. */
export type Attempted = Pick<StepRecord, "s" | "q" | "t" | "e" | "d" | "h" | "r" | "g" | "b" | "x"> & {
  a?: number;
  f?: number;
  k?: number;
  o?: string;
};

/** What arrived at a node. An exit whose enter decides how many come begins below zero. */
export interface Arrivals {
  count: number;
  skipped: number;
  failed: number;
}

/** A container's counters; what was never written is absent. */
export interface Counters {
  total?: number;
  entered?: number;
  failed?: number;
  skipped?: number;
  branches?: number;
  waiting?: Entry[];
  case?: string;
}

export type Entry = Pick<Route, "queue" | "priority" | "name" | "role" | "data" | "loads"> & {
  readonly instance: string;
  readonly skip?: SkipReason;
};

export interface Event {
  readonly seq: number;
  readonly type: EventType;
  readonly at: number;
  readonly step?: string;
  readonly generation?: number;
  readonly attempt?: number;
  readonly actor?: string;
  readonly data?: string;
}

/** A queue of BullMQ. Every list begins with what is fetched next. */
export interface Queue {
  waiting: string[];
  prioritized: string[];
  active: string[];
  delayed: { readonly id: string; readonly dueAt: number }[];
  parked: string[];
  failed: string[];
}

export interface Job {
  readonly id: string;
  readonly queue: string;
  readonly name: string;
  readonly data: string;
  readonly priority: number;
  /** The run whose job is the parent; null for a run's own job. */
  readonly parent: string | null;
  /** Of a run's own job: children that have not ended, by `<queue>/<job id>`. */
  children: string[];
  /** Token of the lock; null: nobody holds it. */
  token: string | null;
  starts: number;
  stalls: number;
  log: string[];
  failedReason: string | null;
}

export function emptyCell(): Cell {
  return {
    at: 0,
    runs: {},
    queues: {},
    jobs: {},
    accepted: [],
    open: [],
    timers: {},
    idempotency: {},
    definitions: { stored: [], registered: [], adHoc: {} },
  };
}

/** The hash field of an instance: generation 0 is the plain name. */
export function fieldOf(instance: string, generation: number): string {
  return generation === 0 ? instance : `${instance}#${generation}`;
}

/** Data as everybody but its owner sees it. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;
