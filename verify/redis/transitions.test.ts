import type { RunId } from "@batonrun/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { JobHandoff } from "../../packages/core/src/bullmq/job-handoff.js";
import { validateDefinition } from "../../packages/core/src/graph/checks/validate-definition.js";
import { definitionHash } from "../../packages/core/src/graph/definition-hash.js";
import { type Graph, instanceOf, templateOf } from "../../packages/core/src/graph/graph.js";
import type { NodeInstance } from "../../packages/core/src/plan/node-instance.js";
import { GraphPlan } from "../../packages/core/src/plan/node-plan.js";
import { settlementsOf } from "../../packages/core/src/plan/settlements.js";
import type { Route } from "../../packages/core/src/ports/route.js";
import type {
  ClaimedStep,
  ClaimStepCommand,
  Lease,
  SettleStepCommand,
  StartRunCommand,
  Transitions,
} from "../../packages/core/src/ports/transitions.js";
import { redisRunReader } from "../../packages/core/src/redis/stores/run-reader.js";
import {
  fetchStep,
  type RedisTransitionsOptions,
  redisTransitions,
} from "../../packages/core/src/redis/transitions.js";
import { newRunId } from "../../packages/core/src/run/new-run-id.js";
import type { StepOutcome } from "../../packages/core/src/run/outcome.js";
import { type RedisControls, redisControls } from "../differential/redis-controls.js";
import { definitionOf } from "../support/definition.js";
import { type TestRedis, testRedis } from "../support/redis.js";

const HOUR_MS = 3_600_000;
const noop = (more: object = {}) => ({ action: "core.noop", ...more });
const completed: StepOutcome = { status: "completed", result: "1" };

let scripted: ScriptedRun;
beforeEach(() => {
  scripted = new ScriptedRun();
});
afterEach(() => scripted.redis.close());

/** One run of one graph, driven by single scripts. */
class ScriptedRun {
  readonly redis: TestRedis = testRedis();
  readonly handoff = new JobHandoff();
  readonly options: RedisTransitionsOptions;
  readonly scripts: Transitions;
  readonly controls: RedisControls;
  readonly id: RunId = newRunId(Date.now(), Math.random);
  #plans: GraphPlan | null = null;
  #tokens = 0;

  constructor() {
    const { client, keys } = this.redis;
    this.options = { client, keys, handoff: this.handoff, actionsKey: keys.actions("all"), lockDurationMs: HOUR_MS };
    this.scripts = redisTransitions(this.options);
    this.controls = redisControls(client, keys);
  }

  async start(steps: object, more: Partial<StartRunCommand> = {}): Promise<void> {
    const { client, keys } = this.redis;
    const graph = graphOf(steps);
    const definition = definitionHash(graph.definition);
    this.#plans = new GraphPlan(graph, () => "core");
    await client.set(keys.definition(definition), "{}");
    await client.sadd(keys.actions("all"), "core.noop");
    await this.scripts.startRun({
      id: this.id,
      definition,
      adhoc: false,
      workflow: "test",
      version: "1.0.0",
      priority: 0,
      tags: [],
      compliance: [],
      input: "{}",
      roots: this.#plans.roots(0),
      left: graph.top.steps.length,
      maxParallel: 10,
      timeoutMs: HOUR_MS,
      retentionMs: HOUR_MS,
      ...more,
    });
  }

  /** The next job of a queue; fails when there is none. */
  async fetch(queue = "steps.core"): Promise<{ readonly lease: Lease; readonly claim: ClaimedStep | null }> {
    this.#tokens += 1;
    const token = `worker:${this.#tokens}`;
    const raw = await fetchStep(this.options, { queue, token });
    if (!Array.isArray(raw) || typeof raw[1] !== "string") throw new Error(`nothing waits in ${queue}`);
    return { lease: { id: raw[1], queue, token }, claim: this.handoff.takeClaim(raw[1]) };
  }

  settlement(
    lease: Lease,
    step: { readonly instance: string; readonly attempt: number },
    outcome: StepOutcome,
  ): SettleStepCommand {
    const { instance, attempt } = step;
    const settlements = settlementsOf(this.place(instance), outcome);
    const fixed = { inline: true, fetch: false, priority: 0, depth: 0, held: [], generation: 0 };
    return { runId: this.id, lease, instance, attempt, settlements, ...fixed };
  }

  claimOf(lease: Lease, instance: string): ClaimStepCommand {
    const { plan, indexes } = this.place(instance);
    const loads = plan.loads.map((name) => instanceOf(name, indexes));
    return { runId: this.id, lease, instance, generation: 0, role: plan.node.role, loads };
  }

  place(instance: string): NodeInstance {
    const plans = this.#plans;
    const found = plans && templateOf(plans.graph, instance);
    if (!plans || !found) throw new Error(`there is no ${instance}`);
    return { plans, plan: plans.plan(found.template), indexes: found.indexes, priority: 0 };
  }

  route(instance: string): Route {
    const { plans, plan, indexes, priority } = this.place(instance);
    return plans.route(plan.node.id, indexes, priority);
  }

  async events(): Promise<readonly string[]> {
    const events = await redisRunReader(this.redis).events(this.id, 0, 100);
    return events.map(({ type, step }) => (step === undefined ? type : `${type} ${step}`));
  }

  async record(instance: string) {
    const [stored] = await redisRunReader(this.redis).steps(this.id, [instance], 0);
    return stored?.record;
  }

  async waiting(queue = "steps.core"): Promise<readonly string[]> {
    const list = await this.redis.client.lrange(`${this.redis.keys.queues}:${queue}:wait`, 0, -1);
    return list.map((id) => id.split(".")[1] ?? "").reverse();
  }
}

function graphOf(steps: object): Graph {
  const { graph, problems } = validateDefinition(definitionOf({ ...steps }));
  if (graph === null) throw new Error(JSON.stringify(problems));
  return graph;
}

// Shows I2.
test("an outcome is taken from the attempt that last claimed the step, no matter who holds the lock (I2)", async () => {
  await scripted.start({ a: noop() });
  const { lease } = await scripted.fetch();
  const early = await scripted.scripts.settleStep(scripted.settlement(lease, { instance: "a", attempt: 2 }, completed));
  expect(early.kind).toBe("lost");
  expect(
    (await scripted.scripts.settleStep(scripted.settlement(lease, { instance: "a", attempt: 1 }, completed))).kind,
  ).toBe("finished");
});

test("a step that nobody claimed has no outcome", async () => {
  await scripted.start({ a: noop() });
  await scripted.redis.client.del(scripted.redis.keys.actions("all"));
  const { lease, claim } = await scripted.fetch();
  expect(claim).toBeNull();
  expect(
    (await scripted.scripts.settleStep(scripted.settlement(lease, { instance: "a", attempt: 0 }, completed))).kind,
  ).toBe("lost");
  expect(await scripted.record("a")).toMatchObject({ s: "pending" });
});

test("a failure or a hand-back is taken from the attempt that last claimed the step", async () => {
  await scripted.start({ a: noop() });
  const { lease } = await scripted.fetch();
  const delay = { runId: scripted.id, lease, instance: "a", generation: 0, delayMs: 0, data: "{}" };
  expect((await scripted.scripts.delayStep({ ...delay, attempt: 2, error: "{}" })).kind).toBe("lost");
  expect((await scripted.scripts.delayStep({ ...delay, attempt: 2 })).kind).toBe("lost");
  expect((await scripted.scripts.delayStep({ ...delay, generation: 1, attempt: 1 })).kind).toBe("lost");
  expect((await scripted.scripts.delayStep({ ...delay, attempt: 1 })).kind).toBe("delayed");
});

test("a job that continued inline is handed back at its current step, by a worker that does not know which that is", async () => {
  await scripted.start({ a: noop(), b: noop({ needs: ["a"] }) });
  const first = await scripted.fetch();
  await scripted.scripts.settleStep(scripted.settlement(first.lease, { instance: "a", attempt: 1 }, completed));
  await scripted.controls.loseLock(first.lease);
  await scripted.controls.reap(first.lease);
  const { lease } = await scripted.fetch();
  const delay = { runId: scripted.id, lease, instance: "a", generation: 0, attempt: 0, delayMs: 0, data: "{}" };
  expect((await scripted.scripts.delayStep(delay)).kind).toBe("delayed");
  expect((await scripted.events()).at(-1)).toBe("step_handed_back b");
  const again = await scripted.fetch();
  expect(await scripted.scripts.claimStep(scripted.claimOf(again.lease, "a"))).toEqual({
    kind: "elsewhere",
    instance: "b",
  });
});

// Shows I7.
test("a second call of a skip that continued inline leaves the job to the running step (I7)", async () => {
  const aware = { if: "b.status == 'skipped'" };
  await scripted.start({
    a: noop(),
    b: noop({ needs: ["a"] }),
    c: noop({ needs: ["a"] }),
    d: noop({ needs: ["b", "c"] }),
    e: noop({ needs: ["d"], if: "d.status == 'skipped'" }),
    f: noop({ needs: ["b"], ...aware }),
  });
  const { lease } = await scripted.fetch();
  await scripted.scripts.settleStep(scripted.settlement(lease, { instance: "a", attempt: 1 }, completed));
  const skipped: StepOutcome = { status: "skipped", reason: "condition_false" };
  const other = await scripted.fetch();
  await scripted.scripts.settleStep({
    ...scripted.settlement(other.lease, { instance: "c", attempt: 1 }, skipped),
    inline: false,
  });
  const next = await scripted.scripts.settleStep(scripted.settlement(lease, { instance: "b", attempt: 1 }, skipped));
  expect(next).toMatchObject({ kind: "inline", step: { instance: "d", skip: "dependency_skipped", attempt: 0 } });
  const command = scripted.settlement(
    lease,
    { instance: "d", attempt: 0 },
    { status: "skipped", reason: "dependency_skipped" },
  );
  expect(await scripted.scripts.settleStep(command)).toMatchObject({
    kind: "inline",
    step: { instance: "e", attempt: 1 },
  });
  expect(await scripted.scripts.settleStep(command)).toEqual({ kind: "again", instance: "e" });
  expect((await scripted.scripts.claimStep({ ...scripted.claimOf(lease, "e"), again: true })).kind).toBe("claimed");
});

test("a step that is certain to be skipped is never started, whichever way its worker gets it", async () => {
  await scripted.start({ a: noop(), b: noop(), c: noop({ needs: ["a", "b"] }) });
  const skipped: StepOutcome = { status: "skipped", reason: "condition_false" };
  for (const instance of ["a", "b"]) {
    const { lease } = await scripted.fetch();
    await scripted.scripts.settleStep({
      ...scripted.settlement(lease, { instance, attempt: 1 }, skipped),
      inline: false,
    });
  }
  const { claim } = await scripted.fetch();
  expect(claim).toMatchObject({ instance: "c", skip: "dependency_skipped", attempt: 0 });
  expect(await scripted.events()).not.toContain("step_started c");
});

// Shows I7.
test("a claim that is sent twice is one attempt and no crash (I7)", async () => {
  await scripted.start({ a: noop() });
  const first = await scripted.fetch();
  await scripted.controls.loseLock(first.lease);
  await scripted.controls.reap(first.lease);
  const { lease, claim } = await scripted.fetch();
  expect(claim).toBeNull();
  const once = await scripted.scripts.claimStep(scripted.claimOf(lease, "a"));
  const twice = await scripted.scripts.claimStep(scripted.claimOf(lease, "a"));
  expect(once).toMatchObject({ kind: "claimed", step: { attempt: 2, crashes: 1 } });
  expect(twice).toMatchObject({ kind: "claimed", step: { attempt: 2, crashes: 1 } });
  expect(await scripted.events()).toEqual(["run_started", "step_started a", "step_crashed a", "step_started a"]);
});

test("an inline claim whose answer was lost is started once", async () => {
  await scripted.start({ a: noop(), b: noop({ needs: ["a"] }) });
  const { lease } = await scripted.fetch();
  const command = scripted.settlement(lease, { instance: "a", attempt: 1 }, completed);
  await scripted.scripts.settleStep(command);
  expect(await scripted.scripts.settleStep(command)).toEqual({ kind: "again", instance: "b" });
  await scripted.scripts.claimStep({ ...scripted.claimOf(lease, "b"), again: true });
  expect(await scripted.events()).toEqual(["run_started", "step_started a", "step_completed a", "step_started b"]);
});

test("a root that waited for a slot of a delayed run does not wait the delay again", async () => {
  await scripted.start({ a: noop(), b: noop() }, { maxParallel: 1, delayMs: HOUR_MS });
  await scripted.controls.passTime(HOUR_MS, { queues: ["steps.core"], runs: [scripted.id] });
  const { lease, claim } = await scripted.fetch();
  const { attempt } = claim ?? { attempt: 1 };
  await scripted.scripts.settleStep(scripted.settlement(lease, { instance: "a", attempt }, completed));
  expect(await scripted.waiting()).toEqual(["b"]);
});

test("a slot goes to the step that waits longest", async () => {
  await scripted.start({ a: noop(), b: noop(), c: noop({ needs: ["a"] }) }, { maxParallel: 1 });
  const { lease } = await scripted.fetch();
  await scripted.scripts.settleStep({
    ...scripted.settlement(lease, { instance: "a", attempt: 1 }, completed),
    inline: false,
  });
  expect(await scripted.waiting()).toEqual(["b"]);
});

test("a cancel that was recorded decides how the run ends, even where its last step was done before", async () => {
  await scripted.start({ a: noop() });
  const { lease } = await scripted.fetch();
  await scripted.scripts.settleStep(scripted.settlement(lease, { instance: "a", attempt: 1 }, completed));
  const job = await scripted.fetch("runs");
  await scripted.scripts.closeRun(scripted.id, "cancelled", {});
  const finish = { runId: scripted.id, lease: job.lease, fetch: false };
  expect(await scripted.scripts.finishRun({ ...finish, status: "completed", output: "1" })).toEqual({
    kind: "at_work",
  });
  expect(await scripted.scripts.finishRun({ ...finish, status: "cancelled" })).toMatchObject({
    kind: "finished",
    first: true,
  });
});

// Shows I6.
test("nothing is queued again in a run that is closing (I6)", async () => {
  await scripted.start({ a: noop(), b: noop(), c: noop() }, { maxParallel: 2 });
  const { lease } = await scripted.fetch();
  const failed: StepOutcome = { status: "failed", error: { type: "action", message: "no" } };
  await scripted.scripts.settleStep(scripted.settlement(lease, { instance: "a", attempt: 1 }, failed));
  await scripted.scripts.closeRun(scripted.id, "failed", {});
  const job = await scripted.fetch("runs");
  const steps = [{ instance: "b", generation: 0, route: scripted.route("b") }];
  expect(await scripted.scripts.requeueSteps({ runId: scripted.id, lease: job.lease, steps })).toBe("nothing");
  expect(await scripted.waiting()).toEqual([]);
});

test("a run that times out says so in its log", async () => {
  await scripted.start({ a: noop() });
  await scripted.controls.passTime(2 * HOUR_MS, { queues: ["steps.core"], runs: [scripted.id] });
  await scripted.scripts.fireTimers();
  const events = await redisRunReader(scripted.redis).events(scripted.id, 0, 100);
  expect(events.at(-1)).toMatchObject({ type: "run_closing", data: { closing: "timed_out" } });
});
