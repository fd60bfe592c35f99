import { keptMessage, type SerializedError } from "@batonrun/contract";
import { ExpressionError } from "../expression/expression-error.js";
import type { Graph } from "../graph/graph.js";
import { runOutput } from "../graph/node-expressions.js";
import type { LoadedInput, RunReader } from "../ports/run-reader.js";
import type { ClaimedRun } from "../ports/transitions.js";
import type { InstanceReader, RunRecord } from "../run/stored.js";
import { MAX_RESULT_BYTES } from "./check-result.js";
import { readScope, TooLarge } from "./step-scope.js";

/** A run with all steps settled. */
export interface SettledRun {
  readonly run: RunRecord;
  readonly graph: Graph;
  /** The loaded inputs of the output (see `outputNames`). */
  readonly inputs: readonly LoadedInput[];
}

interface Dependencies {
  readonly reader: Pick<RunReader, "document"> & InstanceReader;
}

/** The names to load before a run's output can be evaluated. */
export function outputNames({ outputInputs }: Graph): readonly string[] {
  return outputInputs.input ? [...outputInputs.steps, "_input"] : outputInputs.steps;
}

/** Evaluates the run's output. The default is the results of the leaves of the top scope. */
export async function evaluateOutput(
  dependencies: Dependencies,
  settled: SettledRun,
): Promise<{ readonly output: string } | { readonly error: SerializedError }> {
  try {
    const value = await outputValue(dependencies, settled);
    const output = JSON.stringify(value) ?? "null";
    const bytes = Buffer.byteLength(output);
    if (bytes <= MAX_RESULT_BYTES) return { output };
    throw new TooLarge(
      `it has ${bytes} bytes, and at most ${MAX_RESULT_BYTES} are kept: give the workflow a smaller \`output\``,
    );
  } catch (error) {
    if (error instanceof ExpressionError || error instanceof TooLarge) {
      const type = error instanceof ExpressionError ? error.type : "limit";
      return { error: { type, message: keptMessage(`output: ${error.message}`), retryable: false } };
    }
    throw error;
  }
}

async function outputValue(dependencies: Dependencies, { run, graph, inputs: read }: SettledRun): Promise<unknown> {
  const inputs = graph.outputInputs;
  const loaded = new Map(read.map((input) => [input.name, input]));
  const reads = inputs.steps.map((template) => ({
    name: template,
    template,
    assembled: graph.containers.has(template) && graph.nodes.get(template)?.step.output === undefined,
  }));
  const scope = await readScope(dependencies, {
    graph,
    inputs,
    reads,
    indexes: [],
    repeated: null,
    run: claimedRun(run),
    loaded,
  });
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
