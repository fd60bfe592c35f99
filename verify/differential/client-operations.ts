import type { StartRunCommand } from "../../packages/core/src/ports/transitions.js";
import { newRunId } from "../../packages/core/src/run/new-run-id.js";
import { hasFlag, type Operation, pickOf } from "./operation.js";
import { HOUR_MS } from "./paired-cells.js";
import { idempotencyKeys, type Participants } from "./participants.js";
import type { Workflow } from "./random-graph.js";

const MAX_RUNS = 3;
const MISSING = "0".repeat(64);

export async function start(participants: Participants, operation: Operation): Promise<boolean> {
  const again =
    hasFlag(operation, 0) && hasFlag(operation, 1) ? pickOf(participants.starts, operation.pick) : undefined;
  if (again === undefined && participants.runs.size >= MAX_RUNS) return false;
  const workflow = pickOf(participants.workflows, operation.pick);
  if (workflow === undefined) return false;
  const command = again ?? startCommand(participants, operation, workflow);
  await participants.send({ name: "startRun", command });
  return true;
}

function startCommand(
  participants: Participants,
  operation: Operation,
  { graph, plan, hash }: Workflow,
): StartRunCommand {
  const { definition } = graph;
  const priority = hasFlag(operation, 2) ? 3 : 0;
  const key = idempotencyKeys[operation.choice % 4];
  // Of the same form as a hash, and of no definition.
  const unknown = MISSING as StartRunCommand["definition"];
  return {
    id: newRunId(1_000 + participants.nextNumber(), () => 0.5),
    definition: operation.flags === 255 ? unknown : hash,
    adhoc: hasFlag(operation, 3),
    workflow: definition.name,
    version: definition.version,
    priority,
    tags: hasFlag(operation, 4) ? ["red"] : [],
    compliance: hasFlag(operation, 4) ? ["gdpr"] : [],
    input: '{"in":1}',
    roots: plan.roots(priority),
    left: graph.top.steps.length,
    maxParallel: definition.maxParallel,
    timeoutMs: (operation.choice % 3 === 0 ? 3 : 500) * HOUR_MS,
    retentionMs: HOUR_MS,
    ...(hasFlag(operation, 5) && hasFlag(operation, 6) && { delayMs: HOUR_MS }),
    ...(key !== undefined && { idempotency: { key, body: `body ${operation.pick % 3}` } }),
    ...(hasFlag(operation, 7) && { actor: "ann" }),
  };
}

export async function close(participants: Participants, operation: Operation): Promise<boolean> {
  const runId = pickOf([...participants.runs.keys()], operation.pick);
  if (runId === undefined) return false;
  const closing = operation.choice % 4 === 0 ? "timed_out" : "cancelled";
  const command = { runId, closing, ...(hasFlag(operation, 0) && { actor: "bob", reason: "enough" }) } as const;
  await participants.send({ name: "closeRun", command });
  return true;
}

export async function timeOut(participants: Participants, operation: Operation): Promise<boolean> {
  await participants.cells.passTime((operation.choice % 3) * HOUR_MS);
  await participants.send({ name: "fireTimers", command: undefined });
  return true;
}

export async function sweep(participants: Participants, operation: Operation): Promise<boolean> {
  const runId = pickOf([...participants.runs.keys()], operation.pick);
  if (runId === undefined) return false;
  await participants.send({ name: "sweepRun", command: runId });
  return true;
}
