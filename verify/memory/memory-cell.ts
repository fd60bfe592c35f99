/**
 * The transitions without Redis: the reference model behind the ports.
 *
 * MC1 every change is one pure step from state to state, so a state that was handed out never changes.
 * MC2 a listener hears of each change after it is made, with the state before it.
 */
import type { RunId } from "@batonrun/contract";
import type { Lease, SettleReply, Transitions } from "../../packages/core/src/ports/transitions.js";
import { type Cell, emptyCell } from "../model/cell.js";
import type { Fetched, WorkerFacts } from "../model/claim-step.js";
import { type CellState, model } from "../model/model.js";

export interface MemoryOptions {
  /** ms since the epoch. */
  readonly now: () => number;
  /** What the worker that fetches can run, at the time of the fetch. */
  readonly worker: () => WorkerFacts;
}

export type CellListener = (before: CellState, after: CellState) => void;

/** A cell in this process: what scripts and BullMQ do in Redis. */
export interface MemoryCell {
  readonly transitions: Transitions;
  readonly now: () => number;
  /** Everything that is stored. */
  state(): CellState;
  /** The next job of a queue; null when there is none. */
  fetch(queue: string, token: string): Fetched | null;
  /** The job that was fetched when this one was ended; each is handed out once. */
  takeNext(lease: Lease): Fetched | null;
  /** Parks a run's own job until its children ended; false when there are none. */
  park(lease: Lease): boolean;
  /** The job's lock expires, and BullMQ finds that: another worker fetches the job next. */
  stall(lease: Lease): void;
  /** Deletes a job that nobody holds, by `<queue>/<job id>`. */
  removeJob(key: string): void;
  /** For an adapter that stores something of its own in the cell. */
  change(write: (cell: Cell) => void): void;
  listen(listener: CellListener): void;
}

type Transition<Command, Reply> = (
  state: CellState,
  at: number,
  command: Command,
) => { readonly state: CellState; readonly reply: Reply };

export function memoryCell({ now, worker }: MemoryOptions): MemoryCell {
  const fetchedNext = new Map<string, Fetched>();
  const listeners: CellListener[] = [];
  let state: CellState = emptyCell();

  function step<Command, Reply>(transition: Transition<Command, Reply>, command: Command): Reply {
    const before = state;
    const { state: changed, reply } = transition(before, now(), command);
    state = changed;
    for (const listener of listeners) listener(before, changed);
    return reply;
  }

  function end<Reply>(lease: Lease, ended: { readonly reply: Reply; readonly next: Fetched | null }): Reply {
    if (ended.next !== null) fetchedNext.set(lease.id, ended.next);
    return ended.reply;
  }

  const transitions: Transitions = {
    startRun: async (command) => step(model.startRun, command),
    claimStep: async (command) => step(model.claimStep, command),
    settleStep: async (command): Promise<SettleReply> =>
      end(command.lease, step(model.settleStep, { ...command, worker: worker() })),
    delayStep: async (command) => step(model.delayStep, command),
    breachSla: async (command) => step(model.breachSla, command),
    writeItems: async (runId, lease, items) => step(model.writeItems, { runId, lease, items }),
    finishRun: async (command) => end(command.lease, step(model.finishRun, command)),
    requeueSteps: async (command) => step(model.requeueSteps, command),
    closeRun: async (runId, closing, cause) => step(model.closeRun, { runId, closing, ...cause }),
    fireTimers: async (): Promise<readonly RunId[]> => step(model.fireTimers, undefined),
    sweepRun: async (runId) => step(model.sweepRun, runId),
  };
  return {
    transitions,
    now,
    state: () => state,
    fetch: (queue, token) => step(model.fetchStep, { queue, token, worker: worker() }),
    takeNext: (lease) => {
      const next = fetchedNext.get(lease.id) ?? null;
      fetchedNext.delete(lease.id);
      return next;
    },
    park: (lease) => step(model.parkJob, lease),
    stall: (lease) => {
      step(model.loseLock, lease);
      step(model.reapJob, lease);
    },
    removeJob: (key) => void step(model.removeJob, key),
    change: (write) => {
      step((before, at) => {
        // A copy that nobody else holds may be written to.
        const cell = structuredClone(before) as Cell;
        cell.at = at;
        write(cell);
        return { state: cell, reply: undefined };
      }, undefined);
    },
    listen: (listener) => void listeners.push(listener),
  };
}
