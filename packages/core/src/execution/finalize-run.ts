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
 * The run's own job: BullMQ wakes it when its children ended, or one failed.
 * FR1 it judges by the run hash only, never by "my children are done".
 * FR2 a run is finished when none of its steps is running, and either all steps of the top scope are settled or it is closing.
 * FR3 a run without a running step that is neither closing nor done has lost jobs: they are queued again.
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

/** Names the graph too, so that what its output reads is asked for together with the run. */
const JobData = z.object({ run: RunId, definition: DefinitionHash, format: z.number().int() });

/** `ended`: the run's job is done; `parked`: it waits for its children; `lacking`: this worker cannot read the run's graph. */
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
  /** What the output reads, as far as it is there yet. */
  readonly inputs: readonly LoadedInput[];
}

async function nextStep(
  dependencies: FinalizeDependencies,
  job: RunJob,
  { id, run, graph, inputs }: Found,
): Promise<"ended" | "parked" | "again"> {
  const { transitions } = dependencies;
  // A run that somebody deleted: only its job is left to end.
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

/** Instances that were handed out and never settled; called while no step is running, so their jobs are gone. */
async function lostSteps({ reader, plans }: FinalizeDependencies, run: RunRecord, graph: Graph) {
  const plan = plans.of(graph);
  const unsettled = await reader.unsettled(run.id);
  return unsettled.flatMap(({ instance, generation }) => {
    const found = templateOf(graph, instance);
    if (found === null) return [];
    return [{ instance, generation, route: plan.route(found.template, found.indexes, run.priority) }];
  });
}
