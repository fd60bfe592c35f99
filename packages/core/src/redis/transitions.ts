import { Closing, RunId, RunStatus } from "@batonrun/contract";
import type { Redis } from "ioredis";
import type { HeldJobs } from "../bullmq/queue-worker.js";
import { GRAPH_FORMAT } from "../graph/graph.js";
import type {
  ClaimReply,
  ClaimStepCommand,
  CloseReply,
  DelayReply,
  DelayStepCommand,
  FinishReply,
  FinishRunCommand,
  Lease,
  RequeueCommand,
  SettleReply,
  SettleStepCommand,
  StartRunCommand,
  StartRunReply,
  Transitions,
} from "../ports/transitions.js";
import type { CellKeys } from "./cell-keys.js";
import type { RunField } from "./layout.js";
import { numberAt, parseClaim, textAt, wordOf } from "./replies.js";
import { loadScript, runScript, type Script } from "./script.js";

export interface RedisTransitionsOptions {
  readonly client: Redis;
  readonly keys: CellKeys;
  /** Where a worker's side keeps what a settlement fetched. Absent in the API: it holds no jobs. */
  readonly jobs?: HeldJobs;
  /** Key of the SET of actions that this worker can run. */
  readonly actionsKey?: string;
  readonly lockDurationMs?: number;
}

/** The transitions as scripts on Redis. See ports.ts for what each promises; each is one round trip. */
export function redisTransitions(options: RedisTransitionsOptions): Transitions {
  const { client, keys } = options;
  const run = (name: ScriptName, runId: string, command: object) =>
    runScript(client, scripts[name], { key: keys.run(runId).run, command: { queues: keys.queues, ...command } });
  return {
    startRun: (command) => startRun(options, command),
    claimStep: async (command) => claimReply(command, await run("claim-step", command.runId, claimCommand(command))),
    settleStep: async (command) =>
      settleReply(options, command, await run("settle-step", command.runId, settleCommand(options, command))),
    delayStep: async (command) => delayReply(await run("retry-step", command.runId, delayCommand(command))),
    writeItems: async (runId, lease, items) => (await run("write-items", runId, { job: lease, items })) === "written",
    finishRun: async (command) =>
      finishReply(options, command, await run("finish-run", command.runId, finishCommand(options, command))),
    requeueSteps: async (command) => requeueReply(await run("requeue-steps", command.runId, requeueCommand(command))),
    closeRun: async (runId, closing, cause) =>
      closeReply(
        await run("close-run", runId, {
          closing,
          actor: cause.actor,
          data: JSON.stringify({ closing, reason: cause.reason }),
        }),
      ),
    fireTimers: async () => {
      const due = await runScript(client, scripts["fire-timers"], {
        key: keys.timers,
        command: { queues: keys.queues },
      });
      return Array.isArray(due) ? due.map((id) => RunId.parse(id)) : [];
    },
    breachSla: async ({ runId, lease, ...command }) =>
      wordOf(await run("breach-sla", runId, { ...command, job: lease })) === "breached",
    sweepRun: async (runId) => {
      const word = wordOf(await run("sweep-run", runId, { id: runId }));
      return word === "swept" || word === "more" ? word : "open";
    },
  };
}

/** Fetches a worker's next job as BullMQ would, and claims its step in the same trip where that is possible. */
export async function fetchStep(
  options: RedisTransitionsOptions,
  request: { readonly queue: string; readonly token: string; readonly name?: string },
): Promise<unknown> {
  const command = {
    queues: options.keys.queues,
    queue: request.queue,
    token: request.token,
    name: request.name,
    lockDuration: options.lockDurationMs,
    worker: workerOf(options),
  };
  const reply = await runScript(options.client, scripts["fetch-step"], { key: options.keys.timers, command });
  const [raw, claim] = Array.isArray(reply) ? reply : [reply, undefined];
  keepClaim(options, raw, claim);
  return raw;
}

const scriptNames = [
  "start-run",
  "fetch-step",
  "claim-step",
  "settle-step",
  "retry-step",
  "write-items",
  "finish-run",
  "requeue-steps",
  "close-run",
  "fire-timers",
  "sweep-run",
  "breach-sla",
] as const;
type ScriptName = (typeof scriptNames)[number];

const loaded = scriptNames.map((name) => [name, loadScript(name)] as const);
const scripts = Object.fromEntries(loaded) as Record<ScriptName, Script>; // one entry a name, built on the line above

async function startRun(options: RedisTransitionsOptions, command: StartRunCommand): Promise<StartRunReply> {
  const { client, keys } = options;
  const idempotency = command.idempotency ? keys.idempotency(command.idempotency.key) : undefined;
  const sent = {
    id: command.id,
    queues: keys.queues,
    definition: command.definition,
    format: GRAPH_FORMAT,
    adhoc: command.adhoc || undefined,
    fields: runFieldsOf(command, idempotency),
    indexes: [keys.runs, keys.runsOfWorkflow(command.workflow), ...command.tags.map((tag) => keys.runsOfTag(tag))],
    input: command.input,
    roots: command.roots,
    left: command.left,
    maxParallel: command.maxParallel,
    timeoutMs: command.timeoutMs,
    priority: command.priority,
    delay: command.delayMs,
    idempotency,
    body: command.idempotency?.body,
    actor: command.actor,
    data: JSON.stringify({ workflow: command.workflow, version: command.version }),
  };
  const reply = await runScript(client, scripts["start-run"], { key: keys.run(command.id).run, command: sent });
  const kind = wordOf(reply);
  if (kind === "missing_definition") return { kind };
  const known = kind === "replayed" || kind === "conflict" ? kind : "started";
  return { kind: known, id: RunId.parse(textAt(reply, 1)) };
}

/** As names and values, for HSET. */
function runFieldsOf(command: StartRunCommand, idempotency: string | undefined): readonly (string | number)[] {
  const fields: Partial<Record<RunField, string | number>> = {
    format: GRAPH_FORMAT,
    workflow: command.workflow,
    version: command.version,
    priority: command.priority,
    tags: JSON.stringify(command.tags),
    maxParallel: command.maxParallel,
    retentionMs: command.retentionMs,
    ...(command.compliance.length > 0 && { compliance: JSON.stringify(command.compliance) }),
    ...(command.adhoc && { adhoc: 1 }),
    ...(idempotency !== undefined && { idempotency }),
  };
  return Object.entries(fields).flat();
}

function claimCommand(command: ClaimStepCommand): object {
  const { lease, instance, generation, role, loads, again } = command;
  return { job: lease, instance, generation, role, loads, again };
}

function claimReply(command: ClaimStepCommand, reply: unknown): ClaimReply {
  const step = parseClaim(command.runId, reply);
  if (step !== null) return { kind: "claimed", step };
  const kind = wordOf(reply);
  if (kind === "cursor") return { kind, instance: textAt(reply, 1) };
  if (kind === "early") return { kind, waitMs: numberAt(reply, 1) };
  if (kind === "settled" || kind === "closed" || kind === "gone") return { kind };
  return { kind: "lost" };
}

function settleCommand(options: RedisTransitionsOptions, command: SettleStepCommand): object {
  const { instance, generation, attempt, settlements, inline, priority, depth, held, log } = command;
  return {
    job: jobOf(options, command.lease, command.fetch),
    worker: workerOf(options),
    instance,
    generation,
    attempt,
    settlements,
    inline,
    priority,
    depth,
    held,
    log,
  };
}

function settleReply(options: RedisTransitionsOptions, command: SettleStepCommand, reply: unknown): SettleReply {
  const kind = wordOf(reply);
  if (kind === "again") return { kind, instance: textAt(reply, 1) };
  if (kind === "recorded") return { kind };
  if (!Array.isArray(reply)) return { kind: "lost" };
  if (kind === "inline") {
    const step = parseClaim(command.runId, reply[2]);
    return step === null ? { kind: "lost" } : { kind, at: Number(reply[1]), step };
  }
  if (kind !== "finished") return { kind: "lost" };
  options.jobs?.ended(command.lease, reply[2]);
  keepClaim(options, reply[2], reply[3]);
  return { kind, at: Number(reply[1]) };
}

function delayCommand(command: DelayStepCommand): object {
  const { lease, instance, generation, attempt, delayMs, error, data } = command;
  const handBack = error === undefined || undefined;
  return { job: lease, instance, generation, attempt, delay: delayMs, error, data, handBack };
}

function delayReply(reply: unknown): DelayReply {
  const kind = wordOf(reply);
  if (kind === "delayed") return { kind, handBacks: numberAt(reply, 2) };
  if (kind === "closed" || kind === "settled" || kind === "recorded") return { kind };
  return { kind: "lost" };
}

function finishCommand(options: RedisTransitionsOptions, command: FinishRunCommand): object {
  const { lease, status, output, error, data } = command;
  return { job: jobOf(options, lease, command.fetch), status, output, error, data };
}

function finishReply(options: RedisTransitionsOptions, command: FinishRunCommand, reply: unknown): FinishReply {
  const kind = wordOf(reply);
  if (kind === "at_work") return { kind };
  if (kind !== "finished" || !Array.isArray(reply)) return { kind: "lost" };
  options.jobs?.ended(command.lease, reply[2] ?? 0);
  return { kind, first: numberAt(reply, 1) === 1, durationMs: numberAt(reply, 4) - numberAt(reply, 3) };
}

function requeueCommand(command: RequeueCommand): object {
  return { job: command.lease, steps: command.steps };
}

function requeueReply(reply: unknown): "requeued" | "nothing" | "at_work" | "lost" {
  const word = wordOf(reply);
  if (word === "requeued") return numberAt(reply, 1) > 0 ? word : "nothing";
  return word === "at_work" ? word : "lost";
}

function closeReply(reply: unknown): CloseReply {
  const kind = wordOf(reply);
  if (kind === "closing") return { kind, closing: Closing.parse(textAt(reply, 1)), atWork: numberAt(reply, 2) };
  if (kind === "ended") return { kind, status: RunStatus.parse(textAt(reply, 1)) };
  return { kind: "gone" };
}

function jobOf(options: RedisTransitionsOptions, lease: Lease, fetch: boolean): object {
  return { ...lease, fetch, lockDuration: options.lockDurationMs };
}

function workerOf(options: RedisTransitionsOptions): object {
  return { cell: options.keys.tag, actions: options.actionsKey ?? "", format: GRAPH_FORMAT };
}

function keepClaim(options: RedisTransitionsOptions, raw: unknown, claim: unknown): void {
  if (options.jobs === undefined || !Array.isArray(raw) || typeof raw[1] !== "string") return;
  const runId = raw[1].slice(0, raw[1].indexOf("."));
  const step = parseClaim(runId, claim);
  if (step !== null) options.jobs.claimed(raw[1], step);
}
