import { createHash } from "node:crypto";
import type { RunStatus } from "@batonrun/contract";

/** The keys of one run: a fixed set, all of one cell. Nothing is found by SCAN. */
export interface RunKeys {
  /** HASH: definition hash, status, closing, counts; see `runFields`. */
  readonly run: string;
  /**
   * HASH: `<instance>` (`<instance>#<generation>` above 0) -> StepRecord as JSON; and, told apart by their prefix:
   * `a:<instance>` arrived predecessors (how many, how many of them skipped, and failed, in one number), `c:<jobId>` inline cursor, `g:<instance>` generation above 0,
   * `n:<container>` total, `i:<container>` items entered, `f:<container>` failed, `k:<container>` skipped,
   * `u:<container>` branches entered and not exited, `w:<container>.<n>` branches that wait for one to exit, `h:` and `t:`
   * where their line begins and ends,
   * `case:<conditional>` the key of the case that was taken.
   */
  readonly steps: string;
  /** HASH: `<instance>` -> result as JSON text <= 64 KB (`@<bytes>` when it is in `big`); `_input`, `_output`. */
  readonly out: string;
  /** HASH: results above 64 KB, <= 1 MB each. */
  readonly big: string;
  /** HASH: `<map>.<index>` -> the item as JSON text. */
  readonly items: string;
  /** LIST: instances that are ready and wait for a slot of the run, as msgpack. */
  readonly ready: string;
  /** LIST: completed instances in order of completion. */
  readonly done: string;
  /** STREAM: `<seq>-0` -> one event. */
  readonly events: string;
}

/** The field of an instance in the hashes of its run. */
export function stepField(instance: string, generation: number): string {
  return generation === 0 ? instance : `${instance}#${generation}`;
}

/** Every key of a cell. `tag` is the Redis Cluster hash tag, `{b0}`, so that a cell lives in one slot. */
export class CellKeys {
  readonly tag: string;

  constructor(cell = "b0") {
    this.tag = `{${cell}}`;
  }

  /** The prefix that BullMQ puts before its own keys. */
  get queues(): string {
    return `${this.tag}:q`;
  }

  /** SET: queues that ever got a job, without prefix (`steps.text`). */
  get queueNames(): string {
    return `${this.tag}:queues`;
  }

  run(id: string): RunKeys {
    const run = `${this.tag}:run:${id}`;
    return {
      run,
      steps: `${run}:steps`,
      out: `${run}:out`,
      big: `${run}:big`,
      items: `${run}:items`,
      ready: `${run}:ready`,
      done: `${run}:done`,
      events: `${run}:events`,
    };
  }

  /** STRING: a normalized definition as canonical JSON. */
  definition(hash: string): string {
    return `${this.tag}:def:${hash}`;
  }

  /** HASH: hash of an ad hoc definition -> how many runs use it. */
  get adHocDefinitions(): string {
    return `${this.tag}:defs:ad-hoc`;
  }

  /** SET: hashes of registered definitions; they stay when their runs go. */
  get registeredDefinitions(): string {
    return `${this.tag}:defs:registered`;
  }

  /** ZSET, all scores 0: workflow names in order of the alphabet. */
  get workflows(): string {
    return `${this.tag}:workflows`;
  }

  /** HASH: version -> { hash, createdAt } as JSON. */
  workflow(name: string): string {
    return `${this.tag}:workflow:${name}`;
  }

  /** ZSET: run id -> createdAt (ms), of all runs. */
  get runs(): string {
    return `${this.tag}:runs`;
  }

  /** ZSET: run id -> createdAt (ms). */
  runsOfWorkflow(name: string): string {
    return `${this.tag}:runs:workflow:${name}`;
  }

  /** ZSET: run id -> createdAt (ms). */
  runsOfStatus(status: RunStatus): string {
    return `${this.tag}:runs:status:${status}`;
  }

  /** ZSET: run id -> createdAt (ms). */
  runsOfTag(tag: string): string {
    return `${this.tag}:runs:tag:${tag}`;
  }

  /** ZSET: id of an open run -> time of its last progress (ms), at most one update a second a run. */
  get open(): string {
    return `${this.tag}:open`;
  }

  /** ZSET: `deadline:<run>` or `retention:<run>` -> when it is due (ms). */
  get timers(): string {
    return `${this.tag}:timers`;
  }

  /** HASH { run, body }: lives as long as its run. The caller's key is hashed, so that any text may be one. */
  idempotency(key: string): string {
    return `${this.tag}:idem:${createHash("sha256").update(key).digest("hex")}`;
  }

  /** ZSET: worker id -> when its lease ends (ms). */
  get workers(): string {
    return `${this.tag}:workers`;
  }

  /** STRING with a lease: what the worker announced, as JSON. */
  worker(id: string): string {
    return `${this.tag}:worker:${id}`;
  }

  /** SET with a lease: names of actions. Workers with the same actions share it; a fetch claims only steps whose action is in it. */
  actions(digest: string): string {
    return `${this.tag}:actions:${digest}`;
  }

  /** Channel: the run's last seq, published by each script that appends. */
  changes(runId: string): string {
    return `${this.tag}:changes:${runId}`;
  }

  /** Channel: ids of runs whose steps at work are to be aborted. */
  get aborts(): string {
    return `${this.tag}:aborts`;
  }
}

/** The fields of the run hash, as text in Redis. Times are ms since the epoch by Redis `TIME`. */
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
  retentionMs: "ms kept after the end",
  maxParallel: "slots",
  busy: "slots in use",
  left: "steps of the top scope that are not settled",
  seq: "last event",
  progressAt: "ms, last entry in `open`",
  generations: "how many instances have a generation above 0",
  error: "SerializedError as JSON",
  kept: "JSON list of [queue, jobId] of failed jobs kept for the board",
} as const;
