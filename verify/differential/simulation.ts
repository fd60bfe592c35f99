import { duplicate, loseLock, reap, removeJob, stale, wrongOrder } from "./accidents.js";
import type { BothSides } from "./both-sides.js";
import { close, start, sweep, timeOut } from "./client-operations.js";
import { checkInvariants, type Watched } from "./invariants.js";
import type { Operation, OperationKind } from "./operation.js";
import type { Workflow } from "./random-graph.js";
import { finalize } from "./run-operations.js";
import { breachSla, claim, delay, fetch, settle, writeItems } from "./worker-operations.js";
import { World } from "./world.js";

/** Does an operation; false when there is nothing to do it to. */
type Actor = (world: World, operation: Operation) => Promise<boolean>;

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

/** Operations one after another, which both sides see alike. After each of them the sides are compared. */
export class Simulation {
  readonly #world: World;
  #watched: Watched | null = null;

  constructor(sides: BothSides, workflows: readonly Workflow[]) {
    this.#world = new World(sides, workflows);
  }

  /** Answers what was done: the operation, what a worker does in its place, or null. */
  async perform(operation: Operation): Promise<OperationKind | null> {
    const world = this.#world;
    const done = (await actors[operation.kind](world, operation)) ? operation.kind : await insteadOf(world, operation);
    if (done === null) return null;
    const cell = await world.sides.compare();
    const isRepeat = done === "duplicate" && operation.choice % 2 === 0;
    const { runs: workflows, tampered } = world;
    this.#watched = checkInvariants({ cell, before: this.#watched, workflows, tampered, isRepeat });
    return done;
  }
}

async function insteadOf(world: World, operation: Operation): Promise<OperationKind | null> {
  const kinds = world.runs.size === 0 ? (["start"] as const) : (["settle", "finalize", "claim", "fetch"] as const);
  for (const kind of kinds) if (await actors[kind](world, { ...operation, kind })) return kind;
  return null;
}
