import { randomInt } from "node:crypto";
import { RunStatus } from "@batonrun/contract";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { CellKeys } from "../../packages/core/src/redis/cell-keys.js";
import { testRedis } from "../support/redis.js";
import { type Operation, type OperationKind, operationKinds, operations } from "./operation.js";
import { PairedCells } from "./paired-cells.js";
import { idempotencyKeys, queueNames } from "./participants.js";
import { workflowOf, workflowShape } from "./random-graph.js";
import { Simulation } from "./simulation.js";

/** A sequence that failed is found again by its seed: BATON_MODEL_SEED, and BATON_MODEL_OPERATIONS for a longer search. */
const settings = {
  seed: Number(process.env["BATON_MODEL_SEED"] ?? randomInt(2 ** 31)),
  operations: Number(process.env["BATON_MODEL_OPERATIONS"] ?? 20_000),
};
const MIN_OF_A_KIND = 40;
const MIN_OF_A_REPLY = 1;
/** Without these, the sequences would not reach what the comparison is about. */
const mustOccur = [
  ...["started", "replayed", "conflict", "missing_definition"].map((kind) => `startRun ${kind}`),
  ...["claimed", "elsewhere", "early", "closed", "lost"].map((kind) => `claimStep ${kind}`),
  ...["inline", "finished", "recorded", "again", "lost"].map((kind) => `settleStep ${kind}`),
  ...["delayed", "recorded", "closed", "lost"].map((kind) => `delayStep ${kind}`),
  ...["finished", "at_work", "lost"].map((kind) => `finishRun ${kind}`),
  ...["requeued", "lost"].map((kind) => `requeueSteps ${kind}`),
  ...["closing", "ended"].map((kind) => `closeRun ${kind}`),
  ...["swept", "open"].map((kind) => `sweepRun ${kind}`),
];

const redis = testRedis();
const usedKeys: CellKeys[] = [];
afterAll(() => redis.close());

const done = new Map<OperationKind, number>();
const replies = new Map<string, number>();
let total = 0;

function count(kind: OperationKind | null): void {
  if (kind === null) return;
  total += 1;
  done.set(kind, (done.get(kind) ?? 0) + 1);
}

/** Plays one sequence on cells of its own, which are removed after it. */
async function play(
  shapes: readonly Parameters<typeof workflowOf>[0][],
  sequence: readonly Operation[],
): Promise<void> {
  const keys = new CellKeys(`${redis.keys.tag.slice(1, -1)}-${usedKeys.length}`);
  usedKeys.push(keys);
  const workflows = shapes.map(workflowOf);
  const names = {
    queues: queueNames,
    indexes: [
      "runs",
      "open",
      "runs:workflow:model",
      "runs:tag:red",
      ...RunStatus.options.map((status) => `runs:status:${status}`),
    ],
    definitions: [...new Set(workflows.map(({ hash }) => hash))],
    idempotency: idempotencyKeys,
  };
  const cells = new PairedCells(redis, { keys, names }, (reply) => replies.set(reply, (replies.get(reply) ?? 0) + 1));
  await cells.prepare();
  const simulation = new Simulation(cells, workflows);
  try {
    for (const operation of sequence) count(await simulation.perform(operation));
  } finally {
    await removeCell(keys);
  }
}

async function removeCell(keys: CellKeys): Promise<void> {
  const found = await redis.client.keys(`${keys.tag}:*`);
  if (found.length > 0) await redis.client.unlink(...found);
}

test("the scripts on Redis and the model agree after every operation", { timeout: 600_000 }, async () => {
  const began = performance.now();
  const property = fc.asyncProperty(fc.array(workflowShape, { minLength: 1, maxLength: 2 }), operations, play);
  for (let seed = settings.seed; total < settings.operations; seed += 1)
    await fc.assert(property, { seed, numRuns: 20 });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(
    `model: ${total} operations in ${seconds} s, seed ${settings.seed}\n${listOf(done)}\n${listOf(replies)}\n`,
  );
  expect(total).toBeGreaterThanOrEqual(settings.operations);
  for (const kind of operationKinds) expect(done.get(kind), kind).toBeGreaterThanOrEqual(MIN_OF_A_KIND);
  for (const reply of mustOccur) expect(replies.get(reply), reply).toBeGreaterThanOrEqual(MIN_OF_A_REPLY);
});

function listOf(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, count]) => `${name} ${count}`).join(", ");
}
