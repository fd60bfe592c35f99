import { close, start, sweep, timeOut } from "./client-operations.js";
import { duplicate, loseLock, reap, removeJob, stale, wrongOrder } from "./fault-operations.js";
import { checkInvariants, type Watched } from "./invariants.js";
import type { Operation, OperationKind } from "./operation.js";
import type { PairedCells } from "./paired-cells.js";
import { Participants } from "./participants.js";
import type { Workflow } from "./random-graph.js";
import { finalize } from "./run-operations.js";
import { breachSla, claim, delay, fetch, settle, writeItems } from "./worker-operations.js";

/** Does an operation; false when there is nothing to do it to. */
type Actor = (participants: Participants, operation: Operation) => Promise<boolean>;

const actors: Readonly<Record<OperationKind, Actor>> = {
  start,
  fetch,
  claim,
  settle,
  retry: delay,
  hand_back: delay,
  finalize,
  close,
  time_out: timeOut,
  lose_lock: loseLock,
  reap,
  remove_job: removeJob,
  sweep,
  write_items: writeItems,
  breach_sla: breachSla,
  duplicate,
  stale,
  wrong_order: wrongOrder,
};

/** Operations one after another, sent to both cells. After each of them the cells are compared. */
export class Simulation {
  readonly #participants: Participants;
  #watched: Watched | null = null;

  constructor(cells: PairedCells, workflows: readonly Workflow[]) {
    this.#participants = new Participants(cells, workflows);
  }

  /** Answers what was done: the operation, what a worker does in its place, or null. */
  async perform(operation: Operation): Promise<OperationKind | null> {
    const participants = this.#participants;
    const done = (await actors[operation.kind](participants, operation))
      ? operation.kind
      : await insteadOf(participants, operation);
    if (done === null) return null;
    const cell = await participants.cells.compare();
    const isRepeat = done === "duplicate" && operation.choice % 2 === 0;
    const { runs: workflows, tampered } = participants;
    this.#watched = checkInvariants({ cell, before: this.#watched, workflows, tampered, isRepeat });
    return done;
  }
}

async function insteadOf(participants: Participants, operation: Operation): Promise<OperationKind | null> {
  const kinds =
    participants.runs.size === 0 ? (["start"] as const) : (["settle", "finalize", "claim", "fetch"] as const);
  for (const kind of kinds) if (await actors[kind](participants, { ...operation, kind })) return kind;
  return null;
}
