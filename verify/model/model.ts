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
export const model = {
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

function transition<Command, Reply>(change: (cell: Cell, command: Command) => Reply) {
  return (state: CellState, at: number, command: Command): { readonly state: CellState; readonly reply: Reply } => {
    // A copy that nobody else holds may be written to.
    const cell = structuredClone(state) as Cell;
    cell.at = at;
    const reply = change(cell, structuredClone(command));
    return { state: cell, reply: structuredClone(reply) };
  };
}
