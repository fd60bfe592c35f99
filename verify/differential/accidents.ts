import { z } from "zod";
import { settlementsOf } from "../../packages/core/src/plan/settlements.js";
import type { Lease } from "../../packages/core/src/ports/transitions.js";
import type { Sent } from "./both-sides.js";
import { hasFlag, type Operation, pickOf } from "./operation.js";
import { finalizeStale } from "./run-operations.js";
import { claimFor, delayFor, outcome, sendSettle, settleCommand } from "./worker-operations.js";
import type { Held, World } from "./world.js";

export async function loseLock(world: World, operation: Operation): Promise<boolean> {
  const held = pickOf(
    world.live(() => true),
    operation.pick,
  );
  if (held === undefined) return false;
  await world.send({ name: "loseLock", command: held.lease });
  return true;
}

export async function reap(world: World, operation: Operation): Promise<boolean> {
  const lost = Object.entries(world.sides.state.queues).flatMap(([queue, { active }]) =>
    active.filter((id) => world.sides.state.jobs[`${queue}/${id}`]?.token === null).map((id) => ({ queue, id })),
  );
  const job = pickOf(lost, operation.pick);
  if (job === undefined) return false;
  await world.send({ name: "reapJob", command: job });
  return true;
}

export async function removeJob(world: World, operation: Operation): Promise<boolean> {
  const steps = Object.entries(world.sides.state.jobs).filter(
    ([, { queue, failedReason }]) => queue !== "runs" && failedReason === null,
  );
  const found = pickOf(steps, operation.pick);
  if (found === undefined) return false;
  const [key, { parent, token }] = found;
  if (token === null && parent !== null) world.tampered.add(parent);
  await world.send({ name: "removeJob", command: key });
  return true;
}

/** One of the last commands once more, as after a reconnect. */
export async function duplicate(world: World, { choice, pick }: Operation): Promise<boolean> {
  const sent = choice % 2 === 0 ? world.sent.at(-1) : world.sent.at(-1 - (pick % 6));
  if (sent === undefined || isByHand(sent)) return false;
  const { reply, next } = await world.send(sent);
  world.keep(next);
  const held = world.holds.find(({ lease }) => lease.id === leaseOf(sent)?.id && lease.token === leaseOf(sent)?.token);
  if (held !== undefined && world.isLive(held) && (sent.name === "settleStep" || sent.name === "claimStep"))
    world.learn(held, reply);
  return true;
}

/** A worker that lost its job goes on as if it had not. */
export async function stale(world: World, operation: Operation): Promise<boolean> {
  const held = pickOf(
    world.holds.filter((one) => !world.isLive(one)),
    operation.pick,
  );
  if (held === undefined) return false;
  if (held.step === null) await finalizeStale(world, held, operation);
  else if (operation.choice % 3 === 0) await claimFor(world, held);
  else if (operation.choice % 3 === 1)
    await delayFor(world, held, { ...operation, kind: hasFlag(operation, 3) ? "retry" : "hand_back" });
  else await settleStale(world, held, operation);
  return true;
}

async function settleStale(world: World, held: Held, operation: Operation): Promise<void> {
  const instance = held.claim?.instance ?? held.step?.instance ?? "";
  const placed = world.place(held.runId, instance);
  if (placed === null) return;
  const settlements = settlementsOf(placed, outcome(world, held, placed, operation));
  const attempt = held.claim?.attempt ?? 1;
  const command = { ...settleCommand(held, operation), instance, attempt, settlements };
  await sendSettle(world, held, held.claim === null ? command : { ...command, generation: held.claim.generation });
}

/** A worker that holds its job settles before it claimed, or in the name of another attempt, or claims what is settled. */
export async function wrongOrder(world: World, operation: Operation): Promise<boolean> {
  const held = pickOf(
    world.live(({ step }) => step !== null),
    operation.pick,
  );
  if (held === undefined || held.step === null) return false;
  if (operation.choice % 4 === 0) {
    await claimFor(world, held, held.step.instance);
    return true;
  }
  if (operation.choice % 4 === 1) {
    const attempt = (held.claim?.attempt ?? 0) + 1;
    await delayWrongly(world, held, attempt);
    return true;
  }
  const { instance, generation } = held.claim ?? held.step;
  const placed = world.place(held.runId, instance);
  if (placed === null) return false;
  const attempt = (held.claim?.attempt ?? 0) + (operation.choice % 4 === 2 ? 1 : -1);
  const settlements = settlementsOf(placed, outcome(world, held, placed, operation));
  const claim = held.claim;
  await sendSettle(world, held, {
    ...settleCommand(held, operation),
    instance,
    generation,
    attempt,
    settlements,
  });
  if (world.isLive(held)) held.claim = claim;
  return true;
}

async function delayWrongly(world: World, { runId, lease, claim, step }: Held, attempt: number): Promise<void> {
  const { instance, generation } = claim ?? step ?? { instance: "", generation: 0 };
  const command = { runId, lease, instance, generation, attempt, delayMs: 0, error: '{"type":"action"}', data: "{}" };
  await world.send({ name: "delayStep", command });
}

function isByHand({ name }: Sent): boolean {
  return name === "parkJob" || name === "loseLock" || name === "reapJob" || name === "removeJob";
}

function leaseOf({ command }: Sent): Lease | undefined {
  return z.object({ lease: z.object({ id: z.string(), queue: z.string(), token: z.string() }) }).safeParse(command).data
    ?.lease;
}
