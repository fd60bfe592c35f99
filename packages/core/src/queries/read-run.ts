import { type RunId, type RunView, SerializedError, type StepView } from "@batonrun/contract";
import type { Graph } from "../graph/graph.js";
import { type GraphCache, loadGraph } from "../plan/graph-cache.js";
import type { RunReader } from "../ports/run-reader.js";
import { assembleContainerResult } from "../run/container-result.js";
import { runSummary } from "../run/run-summary.js";
import { type RunFacts, stepViews } from "../run/step-views.js";
import type { RunRecord, StoredStep } from "../run/stored.js";
import { isTerminalRunStatus } from "../run/transitions.js";
import { requireRun } from "./require-run.js";

/** Total size of all results in one response. */
const MAX_RESULT_BYTES = 1024 * 1024;

interface Dependencies {
  readonly reader: RunReader;
  readonly graphs: GraphCache;
}

/** A run with every declared step. Throws `run_not_found`. Three round trips, plus those for results of containers. */
export async function readRun({ reader, graphs }: Dependencies, runId: RunId): Promise<RunView> {
  const run = await requireRun({ reader }, runId);
  const graph = await loadGraph({ graphs }, run);
  const [input, output, facts] = await Promise.all([
    reader.document(runId, "_input"),
    reader.document(runId, "_output"),
    readFacts(reader, { run, graph, maxBytes: MAX_RESULT_BYTES }),
  ]);
  const { steps, isComplete } = await withResults(reader, { run, graph, facts });
  return runView(run, {
    definitionHash: run.definition,
    input: parse(input),
    output: parse(output),
    ...(!isComplete && { resultOmitted: true as const }),
    steps: [...steps],
  });
}

type WholeRun = Pick<RunView, "definitionHash" | "input" | "output" | "resultOmitted" | "steps">;

/** Only a completed run has an output, and only a failed one has an error. */
function runView(run: RunRecord, { output, ...whole }: WholeRun): RunView {
  const summary = runSummary(run);
  switch (summary.status) {
    case "completed":
      return { ...summary, ...whole, output };
    case "failed":
    case "rolled_back":
    case "rollback_failed":
      return { ...summary, ...whole, ...errorOf(run) };
    default:
      return { ...summary, ...whole };
  }
}

function errorOf({ error }: RunRecord): { readonly error?: SerializedError } {
  return error === undefined ? {} : { error: SerializedError.parse(JSON.parse(error)) };
}

/** The declared steps of a run without results, as a drawing needs them. */
export async function readStepStates({ reader, graphs }: Dependencies, runId: RunId) {
  const run = await requireRun({ reader }, runId);
  const graph = await loadGraph({ graphs }, run);
  const facts = await readFacts(reader, { run, graph, maxBytes: 0 });
  return { graph, steps: stepViews(graph, facts) };
}

/** The stored data of the declared steps outside of maps, so the number of map items does not matter. */
async function readFacts(
  reader: RunReader,
  { run, graph, maxBytes }: { readonly run: RunRecord; readonly graph: Graph; readonly maxBytes: number },
): Promise<RunFacts> {
  const single = graph.outline.steps.filter(({ template }) => !template.includes("*"));
  const containers = single.filter(({ kind }) => kind.shape === "container");
  const instances = [...single.map(({ template }) => template), ...containers.map(({ enter }) => enter)];
  const [stored, counters] = await Promise.all([
    reader.steps(run.id, instances, maxBytes),
    reader.counters(
      run.id,
      containers.map(({ template }) => template),
    ),
  ]);
  const byInstance = new Map(stored.map((step): [string, StoredStep] => [step.instance, step]));
  return { hasEnded: isTerminalRunStatus(run.status), stored: byInstance, counters };
}

interface Collected {
  readonly steps: readonly StepView[];
  /** True if no result was omitted. */
  readonly isComplete: boolean;
}

/** Adds results in declaration order until the total reaches the size limit of a response. */
async function withResults(
  reader: RunReader,
  { run, graph, facts }: { readonly run: RunRecord; readonly graph: Graph; readonly facts: RunFacts },
): Promise<Collected> {
  const steps: StepView[] = [];
  let leftBytes = MAX_RESULT_BYTES - storedBytes(facts);
  for (const view of stepViews(graph, facts)) {
    if (view.status !== "completed" && view.status !== "compensated") {
      steps.push(view);
      continue;
    }
    const stored = facts.stored.get(view.id);
    if (stored?.result !== undefined) {
      steps.push({ ...view, result: JSON.parse(stored.result) });
      continue;
    }
    if (view.status !== "completed" || !facts.stored.has(view.id) || !graph.containers.has(view.id)) {
      steps.push(stored?.omitted ? { ...view, resultOmitted: true } : view);
      continue;
    }
    const query = { runId: run.id, graph, container: view.id, maxBytes: leftBytes };
    const assembled = await assembleContainerResult({ reader }, query);
    if (assembled.kind === "assembled") leftBytes -= assembled.bytes;
    steps.push(
      assembled.kind === "assembled" ? { ...view, result: assembled.value } : { ...view, resultOmitted: true },
    );
  }
  return { steps, isComplete: !steps.some((step) => step.resultOmitted) };
}

function storedBytes(facts: RunFacts): number {
  let bytes = 0;
  for (const { result } of facts.stored.values()) bytes += Buffer.byteLength(result ?? "");
  return bytes;
}

function parse(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
