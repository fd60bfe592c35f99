import type { SkipReason } from "@batonrun/contract";
import { instanceOf } from "../../packages/core/src/graph/graph.js";
import type { EnterDecision } from "../../packages/core/src/kinds/kind.js";
import { enteredSettlements } from "../../packages/core/src/plan/enter-settlements.js";
import { type NodeInstance, ownContainer } from "../../packages/core/src/plan/node-instance.js";
import { settlementsOf } from "../../packages/core/src/plan/settlements.js";
import type { Settlement } from "../../packages/core/src/ports/settlement.js";
import type { ClaimedStep, SettleStepCommand } from "../../packages/core/src/ports/transitions.js";
import type { StepOutcome } from "../../packages/core/src/run/outcome.js";
import { hasFlag, type Operation, pickOf } from "./operation.js";
import { HOUR_MS, idleFacts, workerFacts } from "./paired-cells.js";
import { type Held, type Participants, queueNames } from "./participants.js";

export async function fetch(participants: Participants, operation: Operation): Promise<boolean> {
  const { queues } = participants.cells.state;
  const isFull = (name: string) => {
    const queue = queues[name];
    return queue !== undefined && queue.waiting.length + queue.prioritized.length + queue.delayed.length > 0;
  };
  const queue = pickOf(queueNames.filter(isFull), operation.pick);
  if (queue === undefined) return false;
  const number = participants.nextNumber();
  const worker = operation.flags % 8 === 0 ? idleFacts : workerFacts;
  participants.keep(await participants.cells.fetch({ queue, token: `w${number}`, worker }));
  return true;
}

export async function claim(participants: Participants, operation: Operation): Promise<boolean> {
  const held = pickOf(
    participants.live(({ step, claim }) => step !== null && (claim === null || hasFlag(operation, 5))),
    operation.pick,
  );
  if (held === undefined) return false;
  await claimFor(participants, held);
  return true;
}

export async function claimFor(
  participants: Participants,
  held: Held,
  instance = held.inlinePosition ?? held.step?.instance ?? "",
): Promise<void> {
  const placed = participants.place(held.runId, instance);
  if (placed === null) return;
  const generation = held.step?.generation ?? 0;
  const loads = placed.plan.loads.map((name) => instanceOf(name, placed.indexes));
  const again = held.again && { again: true as const };
  const command = {
    runId: held.runId,
    lease: held.lease,
    instance,
    generation,
    role: placed.plan.node.role,
    loads,
    ...again,
  };
  const { reply } = await participants.send({ name: "claimStep", command });
  participants.learn(held, reply);
}

export async function settle(participants: Participants, operation: Operation): Promise<boolean> {
  const held = pickOf(
    participants.live(({ claim }) => claim !== null),
    operation.pick,
  );
  if (held?.claim) return await settleClaim(participants, held, held.claim, operation);
  return await endIdle(participants, operation);
}

/** A job whose claim was refused is only ended. */
async function endIdle(participants: Participants, operation: Operation): Promise<boolean> {
  const isRefused = ({ runId, step }: Held) => {
    const run = participants.cells.state.runs[runId];
    return step !== null && (run === undefined || run.closing !== null);
  };
  const held = pickOf(
    participants.live((one) => one.claim === null && isRefused(one)),
    operation.pick,
  );
  if (held === undefined) return false;
  await sendSettle(participants, held, {
    ...settleCommand(held, operation),
    attempt: 0,
    settlements: [],
    inline: false,
  });
  return true;
}

async function settleClaim(
  participants: Participants,
  held: Held,
  claim: ClaimedStep,
  operation: Operation,
): Promise<boolean> {
  const settlements = await chosenSettlements(participants, held, claim, operation);
  if (settlements === null) return false;
  const { instance, generation, attempt } = claim;
  await sendSettle(participants, held, {
    ...settleCommand(held, operation),
    instance,
    generation,
    attempt,
    settlements,
  });
  return true;
}

export function settleCommand(held: Held, operation: Operation): SettleStepCommand {
  const { lease, runId, priority, depth, step } = held;
  return {
    runId,
    lease,
    instance: step?.instance ?? "",
    generation: step?.generation ?? 0,
    attempt: 0,
    settlements: [],
    inline: operation.flags % 4 !== 0,
    fetch: operation.choice % 4 !== 0,
    priority,
    depth,
    held: [...held.held],
    ...(hasFlag(operation, 4) && { log: "one step done" }),
  };
}

export async function sendSettle(participants: Participants, held: Held, command: SettleStepCommand): Promise<void> {
  const { reply, next } = await participants.send({ name: "settleStep", command });
  const own = command.settlements[0];
  if (own !== undefined) held.held.add(own.instance);
  participants.learn(held, reply);
  participants.keep(next);
}

/** As the worker makes them, of an outcome that the operation chooses. */
async function chosenSettlements(
  participants: Participants,
  held: Held,
  claim: ClaimedStep,
  operation: Operation,
): Promise<readonly Settlement[] | null> {
  const placed = participants.place(held.runId, claim.instance);
  if (placed === null) return null;
  if (claim.skip !== null) return settlementsOf(placed, skipped(claim.skip));
  const isEnter = placed.plan.node.role === "enter";
  if (!isEnter || operation.choice % 10 >= 8)
    return settlementsOf(placed, outcome(participants, held, placed, operation));
  const decision = decisionOf(placed, operation);
  if (decision.kind === "items" && decision.items.length > 0) {
    const map = instanceOf(ownContainer(placed).id, placed.indexes);
    const items = decision.items.flatMap((item, index) => [`${map}.${index}`, JSON.stringify(item)]);
    await participants.send({ name: "writeItems", command: { runId: held.runId, lease: held.lease, items } });
  }
  return enteredSettlements(placed, decision);
}

export function outcome(
  participants: Participants,
  held: Held,
  { plan }: NodeInstance,
  { choice, pick }: Operation,
): StepOutcome {
  const { role } = plan.node;
  const isClosing = participants.cells.state.runs[held.runId]?.closing !== null;
  const drawn = choice % 10;
  const error = { type: "action", message: "no", retryable: false };
  if (drawn === 8) return { status: "failed", error };
  if (drawn === 9 && role !== "exit") return skipped(role === "item" ? "dependency_skipped" : "condition_false");
  if (isClosing && drawn > 4) return { status: "cancelled", error: { ...error, type: "cancelled" } };
  // An enter has no outcome of its own unless it failed or is skipped: what it decides is settled otherwise.
  if (role === "enter") return { status: "failed", error };
  if (role !== "step") return { status: "completed", result: null };
  const text = pick % 50 === 7 ? "x".repeat(70_000) : `done ${pick}`;
  return { status: "completed", result: JSON.stringify(text), ...(pick % 5 === 0 && { degraded: true }) };
}

export async function delay(participants: Participants, operation: Operation): Promise<boolean> {
  const isRetry = operation.kind === "retry";
  const held = pickOf(
    participants.live(({ step, claim }) => step !== null && (claim !== null || !isRetry)),
    operation.pick,
  );
  if (held === undefined) return false;
  await delayFor(participants, held, operation);
  return true;
}

export async function delayFor(participants: Participants, held: Held, operation: Operation): Promise<void> {
  const { runId, lease, claim, step } = held;
  const at = claim ?? {
    instance: held.inlinePosition ?? step?.instance ?? "",
    generation: held.inlinePosition === null ? (step?.generation ?? 0) : 0,
    attempt: 0,
  };
  const isRetry = operation.kind === "retry" && claim !== null;
  const command = {
    runId,
    lease,
    instance: at.instance,
    generation: at.generation,
    attempt: at.attempt,
    delayMs: hasFlag(operation, 0) ? HOUR_MS : 0,
    data: '{"why":"test"}',
    ...(isRetry && { error: '{"type":"action","message":"again"}' }),
  };
  const { reply } = await participants.send({ name: "delayStep", command });
  if (!participants.isLive(held)) participants.learn(held, reply);
}

export async function breachSla(participants: Participants, operation: Operation): Promise<boolean> {
  const held = pickOf(
    participants.holds.filter(({ claim }) => claim !== null),
    operation.pick,
  );
  if (held === undefined || held.claim === null) return false;
  const { instance, generation, attempt } = held.claim;
  const command = { runId: held.runId, lease: held.lease, instance, generation, attempt, data: "{}" };
  await participants.send({ name: "breachSla", command });
  return true;
}

export async function writeItems(participants: Participants, operation: Operation): Promise<boolean> {
  const held = pickOf(
    participants.holds.filter(({ step }) => step !== null),
    operation.pick,
  );
  if (held?.step === undefined || held.step === null) return false;
  const items = [`${held.step.instance}.0`, String(operation.choice)];
  await participants.send({ name: "writeItems", command: { runId: held.runId, lease: held.lease, items } });
  return true;
}

function skipped(reason: SkipReason): StepOutcome {
  return { status: "skipped", reason };
}

function decisionOf(placed: NodeInstance, { pick, choice }: Operation): EnterDecision {
  const container = ownContainer(placed);
  const note = {};
  if (container.repeats) return { kind: "items", items: Array.from({ length: pick % 5 }, (_, index) => index), note };
  if (container.kind.entersAll) return { kind: "scope", key: "", note };
  const keys = [...container.scopes.map(({ key }) => key), null];
  return { kind: "scope", key: pickOf(keys, choice) ?? null, note };
}
