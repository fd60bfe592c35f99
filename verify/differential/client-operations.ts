import type { StartRunCommand } from "../../packages/core/src/ports/transitions.js";
import { newRunId } from "../../packages/core/src/run/new-run-id.js";
import { HOUR_MS } from "./both-sides.js";
import { hasFlag, type Operation, pickOf } from "./operation.js";
import type { Workflow } from "./random-graph.js";
import { idempotencyKeys, type World } from "./world.js";

const MAX_RUNS = 3;
const MISSING = "0".repeat(64);

export async function start(world: World, operation: Operation): Promise<boolean> {
  const again = hasFlag(operation, 0) && hasFlag(operation, 1) ? pickOf(world.starts, operation.pick) : undefined;
  if (again === undefined && world.runs.size >= MAX_RUNS) return false;
  const workflow = pickOf(world.workflows, operation.pick);
  if (workflow === undefined) return false;
  const command = again ?? startCommand(world, operation, workflow);
  await world.send({ name: "startRun", command });
  return true;
}

function startCommand(world: World, operation: Operation, { graph, plan, hash }: Workflow): StartRunCommand {
  const { definition } = graph;
  const priority = hasFlag(operation, 2) ? 3 : 0;
  const key = idempotencyKeys[operation.choice % 4];
  // Of the same form as a hash, and of no definition.
  const unknown = MISSING as StartRunCommand["definition"];
  return {
    id: newRunId(1_000 + world.nextNumber(), () => 0.5),
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

export async function close(world: World, operation: Operation): Promise<boolean> {
  const runId = pickOf([...world.runs.keys()], operation.pick);
  if (runId === undefined) return false;
  const closing = operation.choice % 4 === 0 ? "timed_out" : "cancelled";
  const command = { runId, closing, ...(hasFlag(operation, 0) && { actor: "bob", reason: "enough" }) } as const;
  await world.send({ name: "closeRun", command });
  return true;
}

export async function timeOut(world: World, operation: Operation): Promise<boolean> {
  await world.sides.passTime((operation.choice % 3) * HOUR_MS);
  await world.send({ name: "fireTimers", command: undefined });
  return true;
}

export async function sweep(world: World, operation: Operation): Promise<boolean> {
  const runId = pickOf([...world.runs.keys()], operation.pick);
  if (runId === undefined) return false;
  await world.send({ name: "sweepRun", command: runId });
  return true;
}
