import { z } from "zod";
import { settlementsOf } from "../../packages/core/src/plan/settlements.js";
import type { Lease } from "../../packages/core/src/ports/transitions.js";
import { hasFlag, type Operation, pickOf } from "./operation.js";
import type { Sent } from "./paired-cells.js";
import type { Held, Participants } from "./participants.js";
import { finalizeStale } from "./run-operations.js";
import { claimFor, delayFor, outcome, sendSettle, settleCommand } from "./worker-operations.js";

export async function loseLock(participants: Participants, operation: Operation): Promise<boolean> {
  const held = pickOf(
    participants.live(() => true),
    operation.pick,
  );
  if (held === undefined) return false;
  await participants.send({ name: "loseLock", command: held.lease });
  return true;
}

export async function reap(participants: Participants, operation: Operation): Promise<boolean> {
  const lost = Object.entries(participants.cells.state.queues).flatMap(([queue, { active }]) =>
    active.filter((id) => participants.cells.state.jobs[`${queue}/${id}`]?.token === null).map((id) => ({ queue, id })),
  );
  const job = pickOf(lost, operation.pick);
  if (job === undefined) return false;
  await participants.send({ name: "reapJob", command: job });
  return true;
}

export async function removeJob(participants: Participants, operation: Operation): Promise<boolean> {
  const steps = Object.entries(participants.cells.state.jobs).filter(
    ([, { queue, failedReason }]) => queue !== "runs" && failedReason === null,
  );
  const found = pickOf(steps, operation.pick);
  if (found === undefined) return false;
  const [key, { parent, token }] = found;
  if (token === null && parent !== null) participants.tampered.add(parent);
  await participants.send({ name: "removeJob", command: key });
  return true;
}

/** One of the last commands once more, as after a reconnect. */
export async function duplicate(participants: Participants, { choice, pick }: Operation): Promise<boolean> {
  const sent = choice % 2 === 0 ? participants.sent.at(-1) : participants.sent.at(-1 - (pick % 6));
  if (sent === undefined || isByHand(sent)) return false;
  const { reply, next } = await participants.send(sent);
  participants.keep(next);
  const held = participants.holds.find(
    ({ lease }) => lease.id === leaseOf(sent)?.id && lease.token === leaseOf(sent)?.token,
  );
  if (held !== undefined && participants.isLive(held) && (sent.name === "settleStep" || sent.name === "claimStep"))
    participants.learn(held, reply);
  return true;
}

/** A worker that lost its job continues as if it had not. */
export async function stale(participants: Participants, operation: Operation): Promise<boolean> {
  const held = pickOf(
    participants.holds.filter((one) => !participants.isLive(one)),
    operation.pick,
  );
  if (held === undefined) return false;
  if (held.step === null) await finalizeStale(participants, held, operation);
  else if (operation.choice % 3 === 0) await claimFor(participants, held);
  else if (operation.choice % 3 === 1)
    await delayFor(participants, held, { ...operation, kind: hasFlag(operation, 3) ? "retry" : "hand_back" });
  else await settleStale(participants, held, operation);
  return true;
}

async function settleStale(participants: Participants, held: Held, operation: Operation): Promise<void> {
  const instance = held.claim?.instance ?? held.step?.instance ?? "";
  const placed = participants.place(held.runId, instance);
  if (placed === null) return;
  const settlements = settlementsOf(placed, outcome(participants, held, placed, operation));
  const attempt = held.claim?.attempt ?? 1;
  const command = { ...settleCommand(held, operation), instance, attempt, settlements };
  await sendSettle(
    participants,
    held,
    held.claim === null ? command : { ...command, generation: held.claim.generation },
  );
}

/** A worker that holds its job settles before it claimed, or in the name of another attempt, or claims what is settled. */
export async function wrongOrder(participants: Participants, operation: Operation): Promise<boolean> {
  const held = pickOf(
    participants.live(({ step }) => step !== null),
    operation.pick,
  );
  if (held === undefined || held.step === null) return false;
  if (operation.choice % 4 === 0) {
    await claimFor(participants, held, held.step.instance);
    return true;
  }
  if (operation.choice % 4 === 1) {
    const attempt = (held.claim?.attempt ?? 0) + 1;
    await delayWrongly(participants, held, attempt);
    return true;
  }
  const { instance, generation } = held.claim ?? held.step;
  const placed = participants.place(held.runId, instance);
  if (placed === null) return false;
  const attempt = (held.claim?.attempt ?? 0) + (operation.choice % 4 === 2 ? 1 : -1);
  const settlements = settlementsOf(placed, outcome(participants, held, placed, operation));
  const claim = held.claim;
  await sendSettle(participants, held, {
    ...settleCommand(held, operation),
    instance,
    generation,
    attempt,
    settlements,
  });
  if (participants.isLive(held)) held.claim = claim;
  return true;
}

async function delayWrongly(
  participants: Participants,
  { runId, lease, claim, step }: Held,
  attempt: number,
): Promise<void> {
  const { instance, generation } = claim ?? step ?? { instance: "", generation: 0 };
  const command = { runId, lease, instance, generation, attempt, delayMs: 0, error: '{"type":"action"}', data: "{}" };
  await participants.send({ name: "delayStep", command });
}

function isByHand({ name }: Sent): boolean {
  return name === "parkJob" || name === "loseLock" || name === "reapJob" || name === "removeJob";
}

function leaseOf({ command }: Sent): Lease | undefined {
  return z.object({ lease: z.object({ id: z.string(), queue: z.string(), token: z.string() }) }).safeParse(command).data
    ?.lease;
}
