import type { RunId } from "@batonrun/contract";
import type { Lease, SettleReply, SlaNotes, Transitions } from "@batonrun/core/src/ports/transitions.js";
import { emptyCell } from "./cell.js";
import type { Fetched, WorkerFacts } from "./claim-step.js";
import { type CellState, model } from "./model.js";

export interface MemoryOptions {
  /** ms since the epoch. */
  readonly now: () => number;
  /** What the worker that fetches can run. */
  readonly worker: WorkerFacts;
  /** Definitions that a run may be started with. */
  readonly definitions: readonly string[];
}

/** The transitions without Redis, and what a worker does with its queue. */
export interface MemoryCell {
  readonly transitions: Transitions & SlaNotes;
  /** Everything that is stored. */
  state(): CellState;
  /** The next job of a queue; null when there is none. */
  fetch(queue: string, token: string): Fetched | null;
  /** The job that was fetched when this one was ended; each is handed out once. */
  takeNext(lease: Lease): Fetched | null;
  /** Parks a run's own job until its children ended; false when there are none. */
  park(lease: Lease): boolean;
}

/** The port of transitions on the reference model: every method is one pure step from state to state. */
export function memoryCell({ now, worker, definitions }: MemoryOptions): MemoryCell {
  const fetchedByLease = new Map<string, Fetched>();
  const empty = emptyCell();
  let state: CellState = { ...empty, definitions: { ...empty.definitions, stored: definitions } };

  function step<Command, Reply>(
    transition: (
      state: CellState,
      at: number,
      command: Command,
    ) => { readonly state: CellState; readonly reply: Reply },
    command: Command,
  ): Reply {
    const { state: changed, reply } = transition(state, now(), command);
    state = changed;
    return reply;
  }

  function end<Reply>(lease: Lease, ended: { readonly reply: Reply; readonly next: Fetched | null }): Reply {
    if (ended.next !== null) fetchedByLease.set(lease.id, ended.next);
    return ended.reply;
  }

  const transitions: Transitions & SlaNotes = {
    startRun: async (command) => step(model.startRun, command),
    claimStep: async (command) => step(model.claimStep, command),
    settleStep: async (command): Promise<SettleReply> =>
      end(command.lease, step(model.settleStep, { ...command, worker })),
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
    state: () => state,
    fetch: (queue, token) => step(model.fetchStep, { queue, token, worker }),
    takeNext: (lease) => {
      const next = fetchedByLease.get(lease.id) ?? null;
      fetchedByLease.delete(lease.id);
      return next;
    },
    park: (lease) => step(model.parkJob, lease),
  };
}
