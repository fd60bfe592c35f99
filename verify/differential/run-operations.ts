import { z } from "zod";
import type { RequeueCommand } from "../../packages/core/src/ports/transitions.js";
import { hasFlag, type Operation, pickOf } from "./operation.js";
import type { Held, World } from "./world.js";

export async function finalize(world: World, operation: Operation): Promise<boolean> {
  const held = pickOf(
    world.live(({ step }) => step === null),
    operation.pick,
  );
  if (held === undefined) return false;
  await finalizeFor(world, held, operation);
  return true;
}

/** As finalizeRun does it, but one call at a time, and at times by what was read before. */
async function finalizeFor(world: World, held: Held, operation: Operation): Promise<void> {
  const { runId, lease } = held;
  const judged = hasFlag(operation, 0) ? held.judged : world.judge(runId);
  const closing = world.sides.state.runs[runId]?.closing;
  if (closing && operation.choice % 3 > 0) {
    await world.send({ name: "closeRun", command: { runId, closing } });
  }
  if (judged !== null) return await finish(world, held, judged, operation);
  const { reply: isParked } = await world.send({ name: "parkJob", command: lease });
  if (isParked === true) return;
  const command: RequeueCommand = { runId, lease, steps: world.lostSteps(runId) };
  await world.send({ name: "requeueSteps", command });
}

async function finish(
  world: World,
  held: Held,
  judged: NonNullable<Held["judged"]>,
  operation: Operation,
): Promise<void> {
  const { runId, lease } = held;
  const isBroken = judged === "completed" && operation.choice % 7 === 0;
  const output = operation.pick % 50 === 7 ? `"${"y".repeat(70_000)}"` : '"all"';
  const command = {
    runId,
    lease,
    status: isBroken ? ("failed" as const) : judged,
    fetch: hasFlag(operation, 2),
    ...(judged === "completed" && !isBroken && { output }),
    ...(isBroken && { error: '{"type":"limit","message":"output"}', data: '{"error":"output"}' }),
  };
  const { reply, next } = await world.send({ name: "finishRun", command });
  world.keep(next);
  if (z.object({ kind: z.string() }).parse(reply).kind === "at_work")
    await world.send({ name: "parkJob", command: lease });
}

export async function finalizeStale(world: World, held: Held, operation: Operation): Promise<void> {
  const { runId, lease } = held;
  if (operation.choice % 3 === 0) {
    await world.send({ name: "requeueSteps", command: { runId, lease, steps: world.lostSteps(runId) } });
    return;
  }
  const status = held.judged ?? "completed";
  await world.send({ name: "finishRun", command: { runId, lease, status, fetch: true } });
}
