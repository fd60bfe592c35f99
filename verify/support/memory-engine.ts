/**
 * The whole engine in one process, without Redis and BullMQ: the use cases of core on the reference model.
 *
 * ME1 jobs begin one after another, in the order of their queues; a job that waits for its action does not hold up others.
 * ME2 time moves only when a test says so, or when `ended` finds nothing else to do than to wait for a delayed job.
 */
import { type RunEvent, RunId, type RunView } from "@batonrun/contract";
import type { Action, ActionLog } from "../../packages/core/src/actions/define-action.js";
import {
  type StartRunDependencies,
  type StartRunRequest,
  startRun,
} from "../../packages/core/src/commands/start-run.js";
import { ActiveSteps } from "../../packages/core/src/execution/active-steps.js";
import { executeStep } from "../../packages/core/src/execution/execute-step.js";
import { finalizeRun } from "../../packages/core/src/execution/finalize-run.js";
import { scrubber } from "../../packages/core/src/execution/scrub-secrets.js";
import type { StepDependencies } from "../../packages/core/src/execution/step-job.js";
import { GRAPH_FORMAT } from "../../packages/core/src/graph/graph.js";
import type { KindLanguage } from "../../packages/core/src/kinds/kind.js";
import { Capabilities } from "../../packages/core/src/plan/capabilities.js";
import { GraphCache } from "../../packages/core/src/plan/graph-cache.js";
import { PlanCache } from "../../packages/core/src/plan/plan-cache.js";
import { CORE_QUEUE, RUN_QUEUE, stepQueue } from "../../packages/core/src/plan/queue-names.js";
import type { Transitions } from "../../packages/core/src/ports/transitions.js";
import { readRun } from "../../packages/core/src/queries/read-run.js";
import { memoryDefinitionStore } from "../memory/definition-store.js";
import { memoryEventFeed } from "../memory/event-feed.js";
import { memoryCell } from "../memory/memory-cell.js";
import { memoryMetrics } from "../memory/metrics.js";
import { memoryRunReader } from "../memory/run-reader.js";
import { memoryWorkerDirectory } from "../memory/worker-directory.js";
import type { Fetched } from "../model/claim-step.js";
import type { CellState } from "../model/model.js";
import { echo, fail } from "./actions.js";
import { definitionOf } from "./definition.js";

export interface MemoryEngineOptions {
  readonly secrets?: Readonly<Record<string, string>>;
  /** How long an ended run is kept. Default: one minute. */
  readonly retentionMs?: number;
  /** Default: no queue has a limiter or a pause. */
  readonly isQueueFree?: (queue: string) => boolean;
  /** Default: all kinds of step that this version has. */
  readonly language?: KindLanguage;
  /** Default: the engine's own clock, which stops while jobs run. */
  readonly monotonicMs?: () => number;
}

const START_MS = 1_700_000_000_000;

/** One worker, its cell, and what clients may ask of them. */
export class MemoryEngine {
  readonly cell = memoryCell({
    now: () => this.#nowMs,
    worker: () => ({ actions: [...this.actions.keys()], format: GRAPH_FORMAT }),
  });
  readonly transitions: Transitions = this.cell.transitions;
  readonly definitions = memoryDefinitionStore(this.cell);
  readonly workers = memoryWorkerDirectory(() => this.#nowMs);
  readonly feed = memoryEventFeed();
  readonly reader = memoryRunReader(this.cell);
  readonly metrics = memoryMetrics();
  readonly graphs: GraphCache;
  readonly clock = { now: () => this.#nowMs };
  /** What the worker can run now. */
  readonly actions = new Map<string, Action>();
  readonly capabilities = new Capabilities(this.actions, { workers: this.workers, clock: this.clock });
  readonly plans = new PlanCache((action) => this.capabilities.of(action));
  readonly steps: StepDependencies;
  /** What was logged, as `level message`. */
  readonly logged: string[] = [];
  readonly progress: number[] = [];
  /** Set while the worker stops: jobs that end fetch no next one. */
  isStopping = false;
  /** What `startRun` takes. */
  readonly starting: StartRunDependencies;
  readonly #jobs = new Map<string, { readonly fetched: Fetched; readonly end: Promise<void> }>();
  readonly #lost = new Map<string, AbortController>();
  readonly #surprises: unknown[] = [];
  #nowMs = START_MS;
  #tokens = 0;
  #seed = 1;
  #isWorking = false;
  #pump: Promise<void> | undefined;

  constructor({ secrets = {}, retentionMs = 60_000, isQueueFree, monotonicMs, language }: MemoryEngineOptions = {}) {
    this.graphs = new GraphCache(this.definitions, language && { language });
    const { transitions, definitions, graphs, plans, capabilities, clock, metrics, reader, actions } = this;
    const random = () => this.#random();
    this.starting = { transitions, definitions, graphs, plans, capabilities, clock, random, metrics, retentionMs };
    this.steps = {
      ...{ transitions, reader, graphs, plans, actions, metrics, random, secrets },
      active: new ActiveSteps(),
      log: this.#log(),
      scrub: scrubber(secrets),
      isQueueFree: isQueueFree ?? (() => true),
      monotonicMs: monotonicMs ?? (() => this.#nowMs),
    };
    this.cell.listen((before, after) => this.#onChange(before, after));
  }

  /** From now on the worker has these actions too, and takes jobs. */
  work(actions: readonly Action[]): void {
    for (const action of actions) this.actions.set(action.name, action);
    this.#isWorking = true;
    this.#wake();
  }

  async start(request: StartRunRequest): Promise<RunId> {
    this.#nowMs += 1;
    return (await startRun(this.starting, request)).id;
  }

  /** The ended run. Moves the clock to what is delayed, as often as nothing else is left to do. */
  async ended(id: RunId): Promise<RunView> {
    for (;;) {
      await this.settled();
      const run = await readRun(this, id);
      if (run.endedAt !== undefined) return run;
      const working = [...this.#jobs.values()].map(({ end }) => end);
      if (working.length > 0) await Promise.race(working);
      else if (!this.#skipToNextJob()) throw new Error(`run ${id} does not end: ${JSON.stringify(run)}`);
    }
  }

  /** Starts a definition (steps only) and waits for its end. */
  async run(steps: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}): Promise<RunView> {
    return await this.ended(await this.start({ definition: definitionOf(steps, more), input: more["with"] ?? {} }));
  }

  /** Resolves when every job that could begin has begun, and those that wait for nothing have ended. */
  async settled(): Promise<void> {
    while (this.#pump !== undefined) await this.#pump;
    if (this.#surprises.length > 0) throw this.#surprises[0];
  }

  /** Moves the clock, and nothing else. */
  advance(ms: number): void {
    this.#nowMs += ms;
  }

  /** Moves the clock, fires the timers that are due, and sweeps the runs whose retention is over. */
  async passTime(ms: number): Promise<void> {
    this.advance(ms);
    for (const id of await this.transitions.fireTimers()) {
      while ((await this.transitions.sweepRun(id)) === "more");
    }
    this.#wake();
    await this.settled();
  }

  /** Every lock of this worker expires, as if its process had died: another one fetches its jobs. */
  async crash(): Promise<void> {
    for (const { fetched } of this.#jobs.values()) {
      this.#lost.get(fetched.lease.token)?.abort();
      this.cell.stall(fetched.lease);
    }
    await this.settled();
  }

  async events(id: string): Promise<readonly RunEvent[]> {
    return await this.reader.events(RunId.parse(id), 0, 10_000);
  }

  /** The types of a run's events, each with its step: `step_started a`. */
  async eventTypes(id: string): Promise<readonly string[]> {
    return (await this.events(id)).map(({ type, step }) => (step === undefined ? type : `${type} ${step}`));
  }

  #onChange(before: CellState, after: CellState): void {
    for (const [id, run] of Object.entries(after.runs)) {
      const known = before.runs[id];
      if (known !== undefined && known.seq === run.seq) continue;
      this.feed.announce(id, run.seq);
      const isAborted = run.closing === "cancelled" || run.closing === "timed_out";
      // As Redis publishes it: when the reason is written. Only runs that were started are stored.
      if (isAborted && known?.closing === null) this.steps.active.abortRun(id as RunId);
    }
    this.#wake();
  }

  #wake(): void {
    if (!this.#isWorking || this.#pump !== undefined) return;
    this.#pump = this.#beginJobs().finally(() => {
      this.#pump = undefined;
    });
  }

  async #beginJobs(): Promise<void> {
    await turn();
    for (let job = this.#fetch(); job !== null; job = this.#fetch()) {
      this.#begin(job);
      await turn();
    }
  }

  #fetch(): Fetched | null {
    if (this.isStopping) return null;
    for (const queue of this.#queues()) {
      this.#tokens += 1;
      const fetched = this.#isFilled(queue) ? this.cell.fetch(queue, `w${this.#tokens}`) : null;
      if (fetched !== null) return fetched;
    }
    return null;
  }

  #queues(): ReadonlySet<string> {
    const capabilities = [...this.actions.values()].map(({ capability }) => stepQueue(capability));
    return new Set([RUN_QUEUE, CORE_QUEUE, ...capabilities]);
  }

  #isFilled(name: string): boolean {
    const queue = this.cell.state().queues[name];
    if (queue === undefined) return false;
    return (
      queue.waiting.length + queue.prioritized.length > 0 || queue.delayed.some(({ dueAt }) => dueAt <= this.#nowMs)
    );
  }

  #begin(fetched: Fetched): void {
    const { token } = fetched.lease;
    const end = this.#process(fetched)
      .catch((error: unknown) => void this.#surprises.push(error))
      .finally(() => {
        this.#jobs.delete(token);
        this.#lost.delete(token);
        const next = this.cell.takeNext(fetched.lease);
        if (next !== null) this.#begin(next);
        this.#wake();
      });
    this.#jobs.set(token, { fetched, end });
  }

  async #process(fetched: Fetched): Promise<void> {
    const { lease } = fetched;
    const lost = new AbortController();
    this.#lost.set(lease.token, lost);
    const job = {
      ...fetched,
      data: JSON.parse(fetched.data) as unknown,
      signal: lost.signal,
      progress: (fraction: number) => void this.progress.push(fraction),
      keepSlot: () => undefined,
      mayFetch: () => !this.isStopping,
      waitForChildren: async () => this.cell.park(lease),
    };
    const end =
      lease.queue === RUN_QUEUE
        ? await finalizeRun({ ...this.steps, transitions: this.transitions }, job)
        : (await executeStep(this.steps, job)).kind;
    if (end === "early" || end === "lacking")
      throw new Error(`job ${lease.id} is ${end}: this engine has no second worker`);
  }

  /** False when no job is delayed. */
  #skipToNextJob(): boolean {
    const delayed = Object.values(this.cell.state().queues).flatMap((queue) => queue.delayed.map(({ dueAt }) => dueAt));
    if (delayed.length === 0) return false;
    this.#nowMs = Math.max(this.#nowMs, Math.min(...delayed));
    this.#wake();
    return true;
  }

  #random(): number {
    this.#seed = (this.#seed * 16_807) % 2_147_483_647;
    return this.#seed / 2_147_483_647;
  }

  #log(): ActionLog {
    const log = (level: string) => (message: string) => void this.logged.push(`${level} ${message}`);
    return { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
  }
}

/** An engine whose worker has `core.noop`, `core.fail`, and these actions. */
export function memoryEngine(actions: readonly Action[] = [], options: MemoryEngineOptions = {}): MemoryEngine {
  const engine = new MemoryEngine(options);
  engine.work([echo, fail, ...actions]);
  return engine;
}

/** One turn of the event loop: what waits for nothing but promises is done after it. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
