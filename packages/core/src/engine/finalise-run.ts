import { z } from "zod";
import { ExpressionError } from "../definition/expression-error.js";
import { type Graph, templateOf } from "../graph/graph.js";
import { runOutput } from "../graph/node-expressions.js";
import { RunId } from "../ids.js";
import type {
  ClaimedRun,
  InputReader,
  Lease,
  LoadedInput,
  Metrics,
  RunReader,
  RunRecord,
  Transitions,
} from "../ports.js";
import type { SerializedError } from "../run/outcome.js";
import type { GraphCache } from "./graph-cache.js";
import type { PlanCache } from "./plan-cache.js";
import { MAX_RESULT_BYTES } from "./run-node.js";
import { InputsTooLarge, readScope } from "./step-scope.js";

/**
 * The run's own job: BullMQ wakes it when its children ended, or one failed.
 * F1  it judges by the run hash only, never by "my children are done".
 * F2  a run is finished when nothing is at work, and either all steps of the top scope are settled or it is closing.
 * F3  a run of which nothing is at work, that is not closing and not done, has lost jobs: they are queued again.
 */
export interface FinaliseDependencies {
  readonly transitions: Pick<Transitions, "closeRun" | "finishRun" | "requeueSteps">;
  readonly reader: Pick<RunReader, "run" | "steps" | "counters" | "document"> & InputReader;
  readonly graphs: GraphCache;
  readonly plans: PlanCache;
  readonly metrics: Pick<Metrics, "runEnded">;
}

export interface RunJob {
  readonly lease: Lease;
  readonly data: unknown;
  mayFetch(): boolean;
  waitForChildren(): Promise<boolean>;
}

const JobData = z.object({ run: RunId });

/** `ended`: the run's job is done; `parked`: it waits for its children; `lacking`: this worker cannot read the run's graph. */
export async function finaliseRun(
  dependencies: FinaliseDependencies,
  job: RunJob,
): Promise<"ended" | "parked" | "lacking"> {
  const { run: id } = JobData.parse(job.data);
  for (;;) {
    const run = await dependencies.reader.run(id);
    const step = await nextStep(dependencies, job, run);
    if (step !== "again") return step;
  }
}

async function nextStep(
  dependencies: FinaliseDependencies,
  job: RunJob,
  run: RunRecord | null,
): Promise<"ended" | "parked" | "lacking" | "again"> {
  const { transitions, graphs } = dependencies;
  if (run === null) throw new Error("the run of this job is not stored");
  if (run.closing !== undefined) {
    const reply = await transitions.closeRun(run.id, run.closing, {});
    if (reply.kind === "closing" && reply.atWork > 0) return (await job.waitForChildren()) ? "parked" : "again";
    return await finish(dependencies, job, { run, status: run.closing });
  }
  const graph = await graphs.find(run.definition, run.format);
  if (graph === null) return "lacking";
  if (run.left === 0) return await complete(dependencies, job, { run, graph });
  if (await job.waitForChildren()) return "parked";
  const requeued = await transitions.requeueSteps({
    runId: run.id,
    lease: job.lease,
    steps: await lostSteps(dependencies, run, graph),
  });
  return requeued === "lost" ? "ended" : "again";
}

async function complete(
  dependencies: FinaliseDependencies,
  job: RunJob,
  { run, graph }: { readonly run: RunRecord; readonly graph: Graph },
): Promise<"ended" | "parked" | "again"> {
  const evaluated = await evaluateOutput(dependencies, run, graph);
  if ("error" in evaluated) {
    return await finish(dependencies, job, { run, status: "failed", error: evaluated.error });
  }
  return await finish(dependencies, job, { run, status: "completed", output: evaluated.output });
}

async function finish(
  { transitions, metrics }: FinaliseDependencies,
  job: RunJob,
  of: {
    readonly run: RunRecord;
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
    ...(error === undefined ? {} : { error: JSON.stringify(error), data: JSON.stringify({ error }) }),
  });
  if (reply.kind === "at_work") return (await job.waitForChildren()) ? "parked" : "again";
  if (reply.kind === "finished" && reply.first) metrics.runEnded(run.workflow, status, reply.durationMs);
  return "ended";
}

/** The run's output: its expression, or by default the results of the steps of the top scope that nobody depends on. */
async function evaluateOutput(
  dependencies: FinaliseDependencies,
  run: RunRecord,
  graph: Graph,
): Promise<{ readonly output: string } | { readonly error: SerializedError }> {
  try {
    const value = await outputValue(dependencies, run, graph);
    const output = JSON.stringify(value) ?? "null";
    const bytes = Buffer.byteLength(output);
    if (bytes <= MAX_RESULT_BYTES) return { output };
    throw new InputsTooLarge(`the run's output of ${bytes} bytes`);
  } catch (error) {
    if (error instanceof ExpressionError || error instanceof InputsTooLarge) {
      const type = error instanceof ExpressionError ? error.type : "limit";
      return { error: { type, message: `output: ${error.message}`.slice(0, 2000), retryable: false } };
    }
    throw error;
  }
}

async function outputValue(dependencies: FinaliseDependencies, run: RunRecord, graph: Graph): Promise<unknown> {
  const inputs = graph.outputInputs;
  const names = inputs.input ? [...inputs.steps, "_input"] : [...inputs.steps];
  const loaded = new Map<string, LoadedInput>();
  for (const input of await dependencies.reader.inputs(run.id, names)) loaded.set(input.name, input);
  const reads = inputs.steps.map((template) => ({
    name: template,
    template,
    assembled: graph.containers.has(template) && graph.nodes.get(template)?.step.output === undefined,
  }));
  const scope = await readScope(dependencies, { graph, inputs, reads, indexes: [], run: claimedRun(run), loaded });
  const expression = runOutput(graph);
  if (expression !== null) return expression.evaluate(scope);
  const values = graph.top.leaves.map((id) => [id, resultOf(scope[id])] as const);
  return Object.fromEntries(values);
}

function resultOf(step: unknown): unknown {
  return typeof step === "object" && step !== null && "result" in step ? step.result : null;
}

function claimedRun(run: RunRecord): ClaimedRun {
  const { id, definition, workflow, version, tags, priority } = run;
  return { id, definition, workflow, version, tags, priority, startedAt: run.startedAt ?? run.createdAt };
}

/** Instances that were handed out and never settled; called while nothing is at work, so their jobs are gone. */
async function lostSteps({ reader, plans }: FinaliseDependencies, run: RunRecord, graph: Graph) {
  const plan = plans.of(graph);
  const unsettled = await reader.unsettled(run.id);
  return unsettled.flatMap(({ instance, generation }) => {
    const found = templateOf(graph, instance);
    if (found === null) return [];
    return [{ instance, generation, route: plan.route(found.template, found.indexes, run.priority) }];
  });
}
