import type { Cell, DeepReadonly } from "./cell.js";
import { claimStep, fetchStep } from "./claim-step.js";
import { closeRun, fireTimers } from "./close-run.js";
import { breachSla, delayStep } from "./delay-step.js";
import { finishRun, requeueSteps, sweepRun, writeItems } from "./finish-run.js";
import { loseLock, parkJob, reapJob, removeJob } from "./jobs.js";
import { settleStep } from "./settle-step.js";
import { startRun } from "./start-run.js";

/** A cell as everybody but a transition sees it. */
export type CellState = DeepReadonly<Cell>;

/**
 * The reference model: what each script of redis/lua does, as a pure function of the cell, the time and a command.
 * It shares with the scripts the commands and the table of transitions, and nothing else.
 */
export const model: Model = {
  startRun: transition(startRun),
  fetchStep: transition(fetchStep),
  claimStep: transition(claimStep),
  settleStep: transition(settleStep),
  delayStep: transition(delayStep),
  breachSla: transition(breachSla),
  writeItems: transition(writeItems),
  finishRun: transition(finishRun),
  requeueSteps: transition(requeueSteps),
  closeRun: transition(closeRun),
  fireTimers: transition(fireTimers),
  sweepRun: transition(sweepRun),
  /** What BullMQ does by itself, or an operator by hand. */
  parkJob: transition(parkJob),
  loseLock: transition(loseLock),
  reapJob: transition(reapJob),
  removeJob: transition(removeJob),
};

interface Model {
  readonly startRun: Transition<typeof startRun>;
  readonly fetchStep: Transition<typeof fetchStep>;
  readonly claimStep: Transition<typeof claimStep>;
  readonly settleStep: Transition<typeof settleStep>;
  readonly delayStep: Transition<typeof delayStep>;
  readonly breachSla: Transition<typeof breachSla>;
  readonly writeItems: Transition<typeof writeItems>;
  readonly finishRun: Transition<typeof finishRun>;
  readonly requeueSteps: Transition<typeof requeueSteps>;
  readonly closeRun: Transition<typeof closeRun>;
  readonly fireTimers: Transition<typeof fireTimers>;
  readonly sweepRun: Transition<typeof sweepRun>;
  readonly parkJob: Transition<typeof parkJob>;
  readonly loseLock: Transition<typeof loseLock>;
  readonly reapJob: Transition<typeof reapJob>;
  readonly removeJob: Transition<typeof removeJob>;
}

type Change<Command, Reply> = (cell: Cell, command: Command) => Reply;

type Transition<Changing> =
  Changing extends Change<infer Command, infer Reply>
    ? (state: CellState, at: number, command: Command) => { readonly state: CellState; readonly reply: Reply }
    : never;

function transition<Command, Reply>(change: Change<Command, Reply>): Transition<Change<Command, Reply>> {
  return (state: CellState, at: number, command: Command) => {
    // A copy that nobody else holds may be written to.
    const cell = structuredClone(state) as Cell;
    cell.at = at;
    const reply = change(cell, structuredClone(command));
    return { state: cell, reply: structuredClone(reply) };
  };
}
