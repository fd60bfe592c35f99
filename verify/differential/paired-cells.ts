import { isDeepStrictEqual } from "node:util";
import { JobHandoff } from "../../packages/core/src/bullmq/job-handoff.js";
import { GRAPH_FORMAT } from "../../packages/core/src/graph/graph.js";
import type { ClaimedStep, Lease, Transitions } from "../../packages/core/src/ports/transitions.js";
import type { CellKeys } from "../../packages/core/src/redis/cell-keys.js";
import { fetchStep, redisTransitions } from "../../packages/core/src/redis/transitions.js";
import { systemClock } from "../../packages/core/src/system-clock.js";
import { type Attempted, emptyCell } from "../model/cell.js";
import type { Fetched, WorkerFacts } from "../model/claim-step.js";
import { type CellState, model } from "../model/model.js";
import type { TestRedis } from "../support/redis.js";
import { fetchedJob } from "./fetched-job.js";
import { type NormalCell, normalModel, normalRecord } from "./normal-form.js";
import { type RedisControls, redisControls } from "./redis-controls.js";
import { type Names, readCell } from "./stored-cell.js";

/** One hour and a bit: every delay of the test is whole hours, so that what is due is due on both. */
export const HOUR_MS = 3_600_000;
const LOCK_MS = 1_000 * HOUR_MS;

export const workerFacts: WorkerFacts = { actions: ["core.noop"], format: GRAPH_FORMAT };
/** A worker that has no action at all: it runs control nodes only. */
export const idleFacts: WorkerFacts = { actions: [], format: GRAPH_FORMAT };

export type CommandName = Exclude<keyof typeof model, "fetchStep">;
type CommandOf<Name extends CommandName> = Parameters<(typeof model)[Name]>[2];

/** A command as it was sent, so that it can be sent again. */
export interface Sent {
  readonly name: CommandName;
  readonly command: unknown;
}

/** A reply in normal form, and for an end of a job the job that was fetched with it. */
export interface Answer {
  readonly reply: unknown;
  readonly next: Fetched | null;
}

/** Thrown when the two cells differ: what each of them has. */
class Difference extends Error {
  constructor(about: string, cells: { readonly redis: unknown; readonly model: unknown }) {
    super(`${about}\nredis: ${shown(cells.redis)}\nmodel: ${shown(cells.model)}`);
    this.name = "Difference";
  }
}

/** Long texts are results, made long on purpose. */
function shown(value: unknown): string {
  const short = (_name: string, part: unknown) =>
    typeof part === "string" && part.length > 1_000 ? `${part.length} characters` : part;
  return JSON.stringify(value, short);
}

/** The Lua scripts on a real Redis and the model, driven by the same commands. */
export class PairedCells {
  readonly #redis: Pick<TestRedis, "client">;
  readonly #keys: CellKeys;
  readonly #handoff = new JobHandoff();
  readonly #transitions: Transitions;
  readonly #controls: RedisControls;
  readonly #names: Omit<Names, "runs">;
  readonly #runs: string[] = [];
  readonly #onReply: (reply: string) => void;
  #at = 0;
  #state: CellState;

  /** `onReply` gets the reply of each command, for a test that counts them. */
  constructor(
    redis: Pick<TestRedis, "client">,
    { keys, names }: { readonly keys: CellKeys; readonly names: Omit<Names, "runs"> },
    onReply: (reply: string) => void,
  ) {
    this.#onReply = onReply;
    this.#redis = redis;
    this.#keys = keys;
    this.#names = names;
    this.#transitions = redisTransitions(this.#options(workerFacts));
    this.#controls = redisControls(redis.client, keys);
    const cell = emptyCell();
    cell.definitions.stored = [...names.definitions];
    this.#state = cell;
  }

  get state(): CellState {
    return this.#state;
  }

  /** A run that was accepted: it is compared from now on. */
  watch(runId: string): void {
    this.#runs.push(runId);
  }

  async prepare(): Promise<void> {
    const { client } = this.#redis;
    for (const hash of this.#names.definitions) await client.set(this.#keys.definition(hash), "{}");
    await client.sadd(this.#keys.actions("all"), ...workerFacts.actions);
  }

  /** Sends a command to both; throws Difference when they answer differently. */
  async send<Name extends CommandName>(name: Name, command: CommandOf<Name>): Promise<Answer> {
    const redis = await this.#sendToRedis(name, command);
    this.#at += 1;
    // One entry of the table and its own command: the compiler does not tie the two together.
    const transition = model[name] as (
      state: CellState,
      at: number,
      command: unknown,
    ) => { state: CellState; reply: unknown };
    const { state, reply } = transition(this.#state, this.#at, withWorker(name, command));
    this.#state = state;
    const answer = answerOf(name, reply);
    const normal = { reply: normalReply(answer.reply, this.#at), next: normalFetched(answer.next, this.#at) };
    if (!isDeepStrictEqual(redis, normal))
      throw new Difference(`${name} is answered differently`, { redis, model: normal });
    if (name === "sweepRun" && reply === "swept") await this.#nothingRemainsOf(String(command));
    this.#onReply(`${name} ${kindOf(answer.reply)}`);
    return answer;
  }

  async fetch(request: {
    readonly queue: string;
    readonly token: string;
    readonly worker: WorkerFacts;
  }): Promise<Fetched | null> {
    const { queue, token } = request;
    const raw = await fetchStep(this.#options(request.worker), { queue, token });
    const redis = normalFetched(fetchedJob(this.#handoff, { queue, token }, raw), systemClock.now());
    this.#at += 1;
    const { state, reply } = model.fetchStep(this.#state, this.#at, request);
    this.#state = state;
    const normal = normalFetched(reply, this.#at);
    if (!isDeepStrictEqual(redis, normal))
      throw new Difference("a fetch is answered differently", { redis, model: normal });
    return reply;
  }

  async passTime(ms: number): Promise<void> {
    if (ms === 0) return;
    await this.#controls.passTime(ms, { queues: this.#names.queues, runs: this.#runs });
    this.#at += ms;
    this.#state = { ...this.#state, at: this.#at };
  }

  /** The cell, when both agree on it. */
  async compare(): Promise<NormalCell> {
    const redis = await readCell(this.#redis.client, this.#keys, { ...this.#names, runs: this.#runs });
    const normal = normalModel(this.#state);
    if (isDeepStrictEqual(redis, normal)) return redis;
    throw new Difference("the states differ", differences(redis, normal));
  }

  async #nothingRemainsOf(runId: string): Promise<void> {
    const redis = await this.#redis.client.keys(`${this.#keys.tag}:*${runId}*`);
    if (redis.length > 0) throw new Difference("keys of a run remain after it was swept", { redis, model: [] });
  }

  #options(worker: WorkerFacts) {
    const actionsKey = this.#keys.actions(worker === workerFacts ? "all" : "none");
    return {
      client: this.#redis.client,
      keys: this.#keys,
      handoff: this.#handoff,
      actionsKey,
      lockDurationMs: LOCK_MS,
    };
  }

  async #sendToRedis(name: CommandName, command: unknown): Promise<Answer> {
    const reply = await this.#callRedis(name, command);
    const now = systemClock.now();
    if (name !== "settleStep" && name !== "finishRun") return { reply: normalReply(reply, now), next: null };
    // The two commands that end jobs name their lease.
    const { lease } = command as { readonly lease: Lease };
    const next = fetchedJob(this.#handoff, lease, this.#handoff.takeEnd(lease.id));
    return { reply: normalReply(reply, now), next: normalFetched(next, now) };
  }

  #callRedis(name: CommandName, command: unknown): Promise<unknown> {
    const scripts = this.#transitions;
    const controls = this.#controls;
    // Each case hands on the command of its own name, which `send` took typed.
    const of = <Name extends CommandName>(_name: Name) => command as CommandOf<Name>;
    switch (name) {
      case "startRun":
        return scripts.startRun(of(name));
      case "claimStep":
        return scripts.claimStep(of(name));
      case "settleStep":
        return scripts.settleStep(of(name));
      case "delayStep":
        return scripts.delayStep(of(name));
      case "breachSla":
        return scripts.breachSla(of(name));
      case "writeItems":
        return scripts.writeItems(of(name).runId, of(name).lease, of(name).items);
      case "finishRun":
        return scripts.finishRun(of(name));
      case "requeueSteps":
        return scripts.requeueSteps(of(name));
      case "closeRun":
        return scripts.closeRun(of(name).runId, of(name).closing, causeOf(of(name)));
      case "fireTimers":
        return scripts.fireTimers();
      case "sweepRun":
        return scripts.sweepRun(of(name));
      case "parkJob":
        return controls.park(of(name));
      case "loseLock":
        return controls.loseLock(of(name));
      case "reapJob":
        return controls.reap(of(name));
      case "removeJob":
        return controls.remove(jobNamed(of(name)));
    }
  }
}

function kindOf(reply: unknown): string {
  if (typeof reply !== "object" || reply === null) return String(reply);
  return "kind" in reply ? String(reply.kind) : "list";
}

function causeOf({ actor, reason }: CommandOf<"closeRun">): { readonly actor?: string; readonly reason?: string } {
  return { ...(actor !== undefined && { actor }), ...(reason !== undefined && { reason }) };
}

function jobNamed(key: string): Pick<Lease, "queue" | "id"> {
  const [queue = "", id = ""] = key.split("/");
  return { queue, id };
}

function withWorker(name: CommandName, command: unknown): unknown {
  return name === "settleStep" ? { ...Object(command), worker: workerFacts } : command;
}

function answerOf(name: CommandName, reply: unknown): Answer {
  if (name !== "settleStep" && name !== "finishRun") return { reply, next: null };
  // The shape that these two transitions of the model answer with.
  return reply as Answer;
}

const timesOfReplies = new Set(["at", "startedAt", "queuedAt", "durationMs", "waitMs"]);

/** A reply without times; records that were loaded as text are compared as records. */
function normalReply(reply: unknown, now: number): unknown {
  if (typeof reply !== "object" || reply === null) return reply ?? null;
  if (Array.isArray(reply)) return [...reply].map(String).sort();
  const known = Object.entries(reply).filter(([name]) => !timesOfReplies.has(name));
  // `step` is what a claim gives, in every reply that has one.
  return Object.fromEntries(
    known.map(([name, value]) => [name, name === "step" ? normalClaim(value as ClaimedStep, now) : value]),
  );
}

function normalFetched(fetched: Fetched | null, now: number): Fetched | null {
  if (fetched === null) return null;
  // Compared, never used: the normal form of a claim has no times.
  return { ...fetched, claim: fetched.claim && (normalClaim(fetched.claim, now) as ClaimedStep) };
}

function normalClaim(
  { inputs, run, startedAt: _startedAt, readySince: _readySince, at: _at, ...claim }: ClaimedStep,
  now: number,
): unknown {
  const { startedAt: _runStartedAt, ...ofRun } = run;
  const loaded = inputs?.map(({ name, record, value }) => ({ name, value, record: inputRecord(name, record, now) }));
  return { ...claim, run: ofRun, inputs: loaded?.sort((a, b) => (a.name < b.name ? -1 : 1)) ?? null };
}

function inputRecord(name: string, text: string, now: number): unknown {
  if (text === "" || name.startsWith("#")) return text;
  // Whatever the text holds is compared.
  return normalRecord(JSON.parse(text) as Attempted, now);
}

/** Where two values differ, as deep as both are objects: what a person has to look at. */
function differences(redis: unknown, model: unknown): { readonly redis: unknown; readonly model: unknown } {
  if (!isPlain(redis) || !isPlain(model)) return { redis, model };
  const names = [...new Set([...Object.keys(redis), ...Object.keys(model)])];
  const unequal = names.filter((name) => !isDeepStrictEqual(redis[name], model[name]));
  const parts = unequal.map((name) => [name, differences(redis[name], model[name])] as const);
  return {
    redis: Object.fromEntries(parts.map(([name, cells]) => [name, cells.redis ?? null])),
    model: Object.fromEntries(parts.map(([name, cells]) => [name, cells.model ?? null])),
  };
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
