import { Closing, RunId, RunStatus } from "@batonrun/contract";
import type { Redis } from "ioredis";
import type { JobHandoff } from "../bullmq/job-handoff.js";
import { GRAPH_FORMAT } from "../graph/graph.js";
import type {
  BreachSlaCommand,
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
import { numberAt, parseClaim, replyKind, textAt } from "./replies.js";
import { loadScript, runScript } from "./script.js";

export interface RedisTransitionsOptions {
  readonly client: Redis;
  readonly keys: CellKeys;
  /** Where a worker finds the job that a settlement fetched. Absent in the API, which runs no jobs. */
  readonly handoff?: JobHandoff;
  /** Key of the SET of actions that this worker can run. */
  readonly actionsKey?: string;
  readonly lockDurationMs?: number;
}

/** The transitions as scripts on Redis. `ports/transitions.ts` says what each promises; each is one round trip. */
export function redisTransitions(options: RedisTransitionsOptions): Transitions {
  const bound = Object.entries(transitions).map(([name, bind]) => [name, bind(options)]);
  return Object.fromEntries(bound) as Transitions; // each entry of the table has the type of its name
}

/** What a script is called with: the run whose key names the slot (none: the cell's timers), and the command. */
interface Call {
  readonly runId?: RunId;
  readonly command: object;
}

type Args<Name extends keyof Transitions> = Parameters<Transitions[Name]>;

interface Transition<Sent extends readonly unknown[], Reply> {
  readonly send: (options: RedisTransitionsOptions, args: Sent) => Call;
  readonly parse: (reply: unknown, options: RedisTransitionsOptions, args: Sent) => Reply;
}

/** A transition is one entry: its script, what is sent, what the reply means. */
function transition<Sent extends readonly unknown[], Reply>(name: string, { send, parse }: Transition<Sent, Reply>) {
  const script = loadScript(name);
  return (options: RedisTransitionsOptions) =>
    async (...args: Sent): Promise<Reply> => {
      const { runId, command } = send(options, args);
      const { client, keys } = options;
      const key = runId === undefined ? keys.timers : keys.run(runId).run;
      const sent = "queues" in command ? command : { queues: keys.queues, ...command };
      const reply = await runScript(client, script, { key, command: sent });
      return parse(reply, options, args);
    };
}

const transitions = {
  startRun: transition("start-run", {
    send: ({ keys }, [command]: [StartRunCommand]) => ({ runId: command.id, command: startCommand(keys, command) }),
    parse: (reply): StartRunReply => {
      const kind = replyKind(reply);
      if (kind === "missing_definition") return { kind };
      const known = kind === "replayed" || kind === "conflict" ? kind : "started";
      return { kind: known, id: RunId.parse(textAt(reply, 1)) };
    },
  }),

  claimStep: transition("claim-step", {
    send: (_options, [{ runId, lease, ...command }]: [ClaimStepCommand]) => ({
      runId,
      command: { job: lease, ...command },
    }),
    parse: (reply, _options, [{ runId }]): ClaimReply => {
      const step = parseClaim(runId, reply);
      if (step !== null) return { kind: "claimed", step };
      const kind = replyKind(reply);
      if (kind === "elsewhere") return { kind, instance: textAt(reply, 1) };
      if (kind === "early") return { kind, waitMs: numberAt(reply, 1) };
      return kind === "settled" || kind === "closed" || kind === "gone" ? { kind } : { kind: "lost" };
    },
  }),

  settleStep: transition("settle-step", {
    // The hottest one: listed by hand, because copying "the rest" of an object costs more than the list.
    send: (options, [command]: [SettleStepCommand]) => ({
      runId: command.runId,
      command: {
        queues: options.keys.queues,
        job: jobOf(options, command.lease, command.fetch),
        worker: workerOf(options),
        instance: command.instance,
        generation: command.generation,
        attempt: command.attempt,
        settlements: command.settlements,
        inline: command.inline,
        priority: command.priority,
        depth: command.depth,
        held: command.held,
        log: command.log,
      },
    }),
    parse: (reply, options, [{ runId, lease }]): SettleReply => {
      const kind = replyKind(reply);
      if (kind === "again") return { kind, instance: textAt(reply, 1) };
      if (kind === "recorded") return { kind };
      if (!Array.isArray(reply)) return { kind: "lost" };
      if (kind === "inline") {
        const step = parseClaim(runId, reply[2]);
        return step === null ? { kind: "lost" } : { kind, at: Number(reply[1]), step };
      }
      if (kind !== "finished") return { kind: "lost" };
      options.handoff?.putEnd(lease.id, reply[2]);
      passOnClaim(options, reply[2], reply[3]);
      return { kind, at: Number(reply[1]) };
    },
  }),

  delayStep: transition("retry-step", {
    send: (_options, [{ runId, lease, delayMs, ...command }]: [DelayStepCommand]) => ({
      runId,
      command: { job: lease, delay: delayMs, handBack: command.error === undefined || undefined, ...command },
    }),
    parse: (reply): DelayReply => {
      const kind = replyKind(reply);
      if (kind === "delayed") return { kind, handBacks: numberAt(reply, 2) };
      return kind === "closed" || kind === "settled" || kind === "recorded" ? { kind } : { kind: "lost" };
    },
  }),

  writeItems: transition("write-items", {
    send: (_options, [runId, lease, items]: Args<"writeItems">) => ({
      runId,
      command: { job: lease, items },
    }),
    parse: (reply) => replyKind(reply) === "written",
  }),

  finishRun: transition("finish-run", {
    send: (options, [{ runId, lease, fetch, ...command }]: [FinishRunCommand]) => ({
      runId,
      command: { job: jobOf(options, lease, fetch), ...command },
    }),
    parse: (reply, { handoff }, [{ lease }]): FinishReply => {
      const kind = replyKind(reply);
      if (kind === "at_work") return { kind };
      if (kind !== "finished" || !Array.isArray(reply)) return { kind: "lost" };
      handoff?.putEnd(lease.id, reply[2] ?? 0);
      return { kind, first: numberAt(reply, 1) === 1, durationMs: numberAt(reply, 4) - numberAt(reply, 3) };
    },
  }),

  requeueSteps: transition("requeue-steps", {
    send: (_options, [{ runId, lease, steps }]: [RequeueCommand]) => ({ runId, command: { job: lease, steps } }),
    parse: (reply) => {
      const kind = replyKind(reply);
      if (kind === "requeued") return numberAt(reply, 1) > 0 ? kind : "nothing";
      return kind === "at_work" ? kind : "lost";
    },
  }),

  closeRun: transition("close-run", {
    send: (_options, [runId, closing, { actor, reason }]: Args<"closeRun">) => ({
      runId,
      command: { closing, actor, data: JSON.stringify({ closing, reason }) },
    }),
    parse: (reply): CloseReply => {
      const kind = replyKind(reply);
      if (kind === "closing") return { kind, closing: Closing.parse(textAt(reply, 1)), atWork: numberAt(reply, 2) };
      return kind === "ended" ? { kind, status: RunStatus.parse(textAt(reply, 1)) } : { kind: "gone" };
    },
  }),

  fireTimers: transition("fire-timers", {
    send: (_options, _args: []) => ({ command: {} }),
    parse: (reply) => (Array.isArray(reply) ? reply.map((id) => RunId.parse(id)) : []),
  }),

  breachSla: transition("breach-sla", {
    send: (_options, [{ runId, lease, ...command }]: [BreachSlaCommand]) => ({
      runId,
      command: { job: lease, ...command },
    }),
    parse: (reply) => replyKind(reply) === "breached",
  }),

  sweepRun: transition("sweep-run", {
    send: (_options, [runId]: Args<"sweepRun">) => ({ runId, command: { id: runId } }),
    parse: (reply) => {
      const kind = replyKind(reply);
      return kind === "swept" || kind === "more" ? kind : "open";
    },
  }),
} as const satisfies {
  readonly [Name in keyof Transitions]: (options: RedisTransitionsOptions) => Transitions[Name];
};

interface FetchRequest {
  readonly queue: string;
  readonly token: string;
  readonly name?: string;
}

const fetchTransition = transition("fetch-step", {
  send: (options, [{ queue, token, name }]: [FetchRequest]) => ({
    command: { queue, token, name, lockDuration: options.lockDurationMs, worker: workerOf(options) },
  }),
  parse: (reply, options): unknown => {
    const [raw, claim] = Array.isArray(reply) ? reply : [reply, undefined];
    passOnClaim(options, raw, claim);
    return raw;
  },
});

/** Fetches a worker's next job as BullMQ would, and claims its step in the same trip where that is possible. */
export async function fetchStep(options: RedisTransitionsOptions, request: FetchRequest): Promise<unknown> {
  return await fetchTransition(options)(request);
}

function startCommand(keys: CellKeys, command: StartRunCommand): object {
  const idempotency = command.idempotency ? keys.idempotency(command.idempotency.key) : undefined;
  const { id, definition, input, roots, left, maxParallel, timeoutMs, priority, actor, workflow, version } = command;
  return {
    ...{ id, definition, input, roots, left, maxParallel, timeoutMs, priority, actor, idempotency },
    format: GRAPH_FORMAT,
    adhoc: command.adhoc || undefined,
    fields: runFieldsOf(command, idempotency),
    indexes: [keys.runs, keys.runsOfWorkflow(workflow), ...command.tags.map((tag) => keys.runsOfTag(tag))],
    delay: command.delayMs,
    body: command.idempotency?.body,
    data: JSON.stringify({ workflow, version }),
  };
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

function jobOf(options: RedisTransitionsOptions, lease: Lease, fetch: boolean): object {
  return { ...lease, fetch, lockDuration: options.lockDurationMs };
}

function workerOf(options: RedisTransitionsOptions): object {
  return { cell: options.keys.tag, actions: options.actionsKey ?? "", format: GRAPH_FORMAT };
}

/** The claim that came with a fetched job waits for the worker: BullMQ hands out the job, [fields, id, …], without it. */
function passOnClaim(options: RedisTransitionsOptions, raw: unknown, claim: unknown): void {
  if (options.handoff === undefined || !Array.isArray(raw) || typeof raw[1] !== "string") return;
  const runId = raw[1].slice(0, raw[1].indexOf("."));
  const step = parseClaim(runId, claim);
  if (step !== null) options.handoff.putClaim(raw[1], step);
}
