import { z } from "zod";
import type { RequeueCommand } from "../../packages/core/src/ports/transitions.js";
import { hasFlag, type Operation, pickOf } from "./operation.js";
import type { Held, Participants } from "./participants.js";

export async function finalize(participants: Participants, operation: Operation): Promise<boolean> {
  const held = pickOf(
    participants.live(({ step }) => step === null),
    operation.pick,
  );
  if (held === undefined) return false;
  await finalizeFor(participants, held, operation);
  return true;
}

/** As finalizeRun does it, but one call at a time, and at times by what was read before. */
async function finalizeFor(participants: Participants, held: Held, operation: Operation): Promise<void> {
  const { runId, lease } = held;
  const judged = hasFlag(operation, 0) ? held.judged : participants.judge(runId);
  const closing = participants.cells.state.runs[runId]?.closing;
  if (closing && operation.choice % 3 > 0) {
    await participants.send({ name: "closeRun", command: { runId, closing } });
  }
  if (judged !== null) return await finish(participants, held, judged, operation);
  const { reply: isParked } = await participants.send({ name: "parkJob", command: lease });
  if (isParked === true) return;
  const command: RequeueCommand = { runId, lease, steps: participants.lostSteps(runId) };
  await participants.send({ name: "requeueSteps", command });
}

async function finish(
  participants: Participants,
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
  const { reply, next } = await participants.send({ name: "finishRun", command });
  participants.keep(next);
  if (z.object({ kind: z.string() }).parse(reply).kind === "at_work")
    await participants.send({ name: "parkJob", command: lease });
}

export async function finalizeStale(participants: Participants, held: Held, operation: Operation): Promise<void> {
  const { runId, lease } = held;
  if (operation.choice % 3 === 0) {
    await participants.send({ name: "requeueSteps", command: { runId, lease, steps: participants.lostSteps(runId) } });
    return;
  }
  const status = held.judged ?? "completed";
  await participants.send({ name: "finishRun", command: { runId, lease, status, fetch: true } });
}
