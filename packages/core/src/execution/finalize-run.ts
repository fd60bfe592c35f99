import { DefinitionHash, RunId, type SerializedError } from "@batonrun/contract";
import { z } from "zod";
import type { ActionLog } from "../actions/define-action.js";
import { type Graph, templateOf } from "../graph/graph.js";
import type { GraphCache } from "../plan/graph-cache.js";
import type { PlanCache } from "../plan/plan-cache.js";
import { errorInEvent } from "../plan/settlements.js";
import type { Metrics } from "../ports/metrics.js";
import type { InputReader, LoadedInput, RunReader } from "../ports/run-reader.js";
import type { Lease, Transitions } from "../ports/transitions.js";
import type { InstanceReader, RunRecord } from "../run/stored.js";
import { evaluateOutput, outputNames, type SettledRun } from "./run-output.js";

/**
 * Runs the run's own job, which BullMQ wakes when its children have ended or one has failed.
 * FR1 It decides by the run hash only, never by "my children are done".
 * FR2 A run ends when none of its steps is running, and all steps of the top scope are settled or the run is closing.
 * FR3 A run without a running step that is neither done nor closing has lost jobs: they are queued again.
 */
export interface FinalizeDependencies {
  readonly transitions: Pick<Transitions, "closeRun" | "finishRun" | "requeueSteps">;
  readonly reader: Pick<RunReader, "run" | "document"> & InstanceReader & InputReader;
  readonly graphs: GraphCache;
  readonly plans: PlanCache;
  readonly metrics: Pick<Metrics, "runEnded">;
  readonly log: Pick<ActionLog, "info">;
}

export interface RunJob {
  readonly lease: Lease;
  readonly data: unknown;
  mayFetch(): boolean;
  waitForChildren(): Promise<boolean>;
}

/** Includes the graph, so that the inputs of the run's output can be loaded together with the run. */
const JobData = z.object({ run: RunId, definition: DefinitionHash, format: z.number().int() });

/** `ended`: the job is done. `parked`: it waits for its children. `lacking`: this worker cannot read the graph. */
export async function finalizeRun(
  dependencies: FinalizeDependencies,
  job: RunJob,
): Promise<"ended" | "parked" | "lacking"> {
  const data = JobData.parse(job.data);
  const graph = await dependencies.graphs.find(data.definition, data.format);
  if (graph === null) return "lacking";
  for (;;) {
    const [run, inputs] = await Promise.all([
      dependencies.reader.run(data.run),
      dependencies.reader.inputs(data.run, outputNames(graph)),
    ]);
    const step = await nextStep(dependencies, job, { id: data.run, run, graph, inputs });
    if (step !== "again") return step;
  }
}

interface Found {
  readonly id: RunId;
  readonly run: RunRecord | null;
  readonly graph: Graph;
  /** The inputs of the run's output, as far as they exist. */
  readonly inputs: readonly LoadedInput[];
}

async function nextStep(
  dependencies: FinalizeDependencies,
  job: RunJob,
  { id, run, graph, inputs }: Found,
): Promise<"ended" | "parked" | "again"> {
  const { transitions } = dependencies;
  // The run was deleted, so only its job has to be ended.
  if (run === null) return await finish(dependencies, job, { run: { id, workflow: "" }, status: "failed" });
  if (run.closing !== undefined) {
    const reply = await transitions.closeRun(run.id, run.closing, {});
    if (reply.kind === "closing" && reply.atWork > 0) return (await job.waitForChildren()) ? "parked" : "again";
    return await finish(dependencies, job, { run, status: run.closing });
  }
  if (run.left === 0) return await complete(dependencies, job, { run, graph, inputs });
  if (await job.waitForChildren()) return "parked";
  const requeued = await transitions.requeueSteps({
    runId: run.id,
    lease: job.lease,
    steps: await lostSteps(dependencies, run, graph),
  });
  return requeued === "lost" ? "ended" : "again";
}

async function complete(
  dependencies: FinalizeDependencies,
  job: RunJob,
  settled: SettledRun,
): Promise<"ended" | "parked" | "again"> {
  const { run } = settled;
  const evaluated = await evaluateOutput(dependencies, settled);
  if ("error" in evaluated) {
    return await finish(dependencies, job, { run, status: "failed", error: evaluated.error });
  }
  return await finish(dependencies, job, { run, status: "completed", output: evaluated.output });
}

async function finish(
  { transitions, metrics, log }: FinalizeDependencies,
  job: RunJob,
  of: {
    readonly run: Pick<RunRecord, "id" | "workflow">;
    readonly status: "completed" | "failed" | "cancelled" | "timed_out";
    readonly output?: string;
    readonly error?: SerializedError;
  },
): Promise<"ended" | "parked" | "again"> {
  const { run, status, output, error } = of;
  const reply = await transitions.finishRun({
    runId: run.id,
    lease: job.lease,
    status,
    fetch: job.mayFetch(),
    ...(output === undefined ? {} : { output }),
    ...(error === undefined
      ? {}
      : { error: JSON.stringify(error), data: JSON.stringify({ error: errorInEvent(error) }) }),
  });
  if (reply.kind === "at_work") return (await job.waitForChildren()) ? "parked" : "again";
  if (reply.kind === "finished" && reply.first) {
    metrics.runEnded(run.workflow, status, reply.durationMs);
    log.info(`run ${status}`, { run: run.id, workflow: run.workflow, durationMs: reply.durationMs });
  }
  return "ended";
}

/** Instances that were queued but never settled. No step is running when this is called, so their jobs are lost. */
async function lostSteps({ reader, plans }: FinalizeDependencies, run: RunRecord, graph: Graph) {
  const plan = plans.of(graph);
  const unsettled = await reader.unsettled(run.id);
  return unsettled.flatMap(({ instance, generation }) => {
    const found = templateOf(graph, instance);
    if (found === null) return [];
    return [{ instance, generation, route: plan.route(found.template, found.indexes, run.priority) }];
  });
}
