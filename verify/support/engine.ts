import { randomUUID } from "node:crypto";
import type { RunId, RunView } from "@batonrun/contract";
import type { StartedWorker } from "@batonrun/worker/engine";
import type { Action, ActionLog } from "../../packages/core/src/actions/define-action.js";
import {
  type StartRunDependencies,
  type StartRunRequest,
  startRun,
} from "../../packages/core/src/commands/start-run.js";
import { GRAPH_FORMAT } from "../../packages/core/src/graph/graph.js";
import { Capabilities } from "../../packages/core/src/plan/capabilities.js";
import { GraphCache } from "../../packages/core/src/plan/graph-cache.js";
import { PlanCache } from "../../packages/core/src/plan/plan-cache.js";
import type { AnnouncedWorker } from "../../packages/core/src/ports/directory.js";
import type { Transitions } from "../../packages/core/src/ports/transitions.js";
import { readRun } from "../../packages/core/src/queries/read-run.js";
import { waitForRun } from "../../packages/core/src/queries/wait-for-run.js";
import { connectRedis } from "../../packages/core/src/redis/connection.js";
import { redisEventFeed } from "../../packages/core/src/redis/feeds/event-feed.js";
import { redisDefinitionStore } from "../../packages/core/src/redis/stores/definition-store.js";
import { redisRunReader } from "../../packages/core/src/redis/stores/run-reader.js";
import { redisWorkerDirectory } from "../../packages/core/src/redis/stores/worker-directory.js";
import { redisTransitions } from "../../packages/core/src/redis/transitions.js";
import { systemClock } from "../../packages/core/src/system-clock.js";
import { definitionOf } from "./definition.js";
import { noMetrics } from "./no-metrics.js";
import { type TestRedis, testRedis } from "./redis.js";
import { startTestWorker, type TestWorkerOptions } from "./test-worker.js";

/** A cell with everything but HTTP: the engine on a real Redis, and as many workers as a test starts. */
export class TestEngine {
  readonly redis: TestRedis;
  readonly reader;
  readonly feed;
  readonly graphs: GraphCache;
  readonly transitions: Transitions;
  /** What the workers warned of. */
  readonly warnings: string[] = [];
  readonly #workers: StartedWorker[] = [];
  readonly #log: ActionLog = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => this.warnings.push(message),
    error: (message, fields) => this.warnings.push(`${message} ${JSON.stringify(fields)}`),
  };
  readonly #start: StartRunDependencies;

  constructor(redis: TestRedis = testRedis()) {
    this.redis = redis;
    const cell = { client: redis.client, keys: redis.keys };
    const definitions = redisDefinitionStore(cell);
    const capabilities = new Capabilities(new Map(), { workers: redisWorkerDirectory(cell), clock: systemClock });
    this.reader = redisRunReader(cell);
    this.feed = redisEventFeed({ client: connectRedis({ url: redis.url, role: "subscriber" }), keys: redis.keys });
    this.graphs = new GraphCache(definitions);
    this.transitions = redisTransitions(cell);
    this.#start = {
      transitions: this.transitions,
      definitions,
      graphs: this.graphs,
      plans: new PlanCache((action) => capabilities.of(action)),
      capabilities,
      clock: systemClock,
      random: Math.random,
      metrics: noMetrics,
      retentionMs: 60_000,
    };
  }

  /** A worker in this process that has these actions, announced as the worker app does. */
  async work(actions: readonly Action[], options: TestWorkerOptions = {}): Promise<StartedWorker> {
    const { client, keys } = this.redis;
    await redisWorkerDirectory({ client, keys }).announce(announcement(actions), 60_000);
    const worker = await startTestWorker(this.redis, actions, {
      lockDurationMs: 1500,
      stalledIntervalMs: 500,
      metrics: noMetrics,
      log: this.#log,
      ...options,
    });
    this.#workers.push(worker);
    return worker;
  }

  async start(request: StartRunRequest): Promise<RunId> {
    return (await startRun(this.#start, request)).id;
  }

  /** The ended run. Fails, naming the run, when it does not end in time. */
  async ended(id: RunId, timeoutMs = 15_000): Promise<RunView> {
    const { reader, feed, graphs } = this;
    await waitForRun({ reader, feed }, { runId: id, timeoutMs });
    const run = await readRun({ reader, graphs }, id);
    if (run.endedAt === undefined) throw new Error(`run ${id} did not end in ${timeoutMs} ms: ${JSON.stringify(run)}`);
    return run;
  }

  /** Starts a definition (steps only) and waits for its end. */
  async run(steps: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}): Promise<RunView> {
    return await this.ended(await this.start({ definition: definitionOf(steps, more), input: more["with"] ?? {} }));
  }

  /** The types of a run's events, which have to be numbered without a gap. */
  async eventTypes(id: RunId): Promise<readonly string[]> {
    const events = await this.reader.events(id, 0, 1000);
    const gap = events.find(({ seq }, index) => seq !== index + 1);
    if (gap !== undefined) throw new Error(`before event ${gap.seq} of run ${id} one is missing`);
    return events.map(({ type }) => type);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close({ graceMs: 0 })));
    await this.feed.close();
    await this.redis.close();
  }
}

function announcement(actions: readonly Action[]): AnnouncedWorker {
  return {
    id: randomUUID(),
    host: "test",
    pid: process.pid,
    startedAt: 0,
    capabilities: [],
    concurrency: 1,
    graphFormats: [GRAPH_FORMAT],
    actions: actions.map(({ name, capability, effects }) => ({ name, capability, effects })),
  };
}
