import type { ExpressionScope, StepValue } from "../definition/expression.js";
import { type Graph, instanceOf, type NodeInputs } from "../graph/graph.js";
import type { ClaimedRun, LoadedInput, RunReader } from "../ports.js";
import { isoTime } from "../run/iso-time.js";
import { StepRecord } from "../run/step.js";
import { assembleContainerResult, MAX_ASSEMBLED_BYTES } from "./container-result.js";
import type { NodePlan, StepRead } from "./node-plan.js";

/** More than one evaluation may load. The step fails with type `limit`. */
export class InputsTooLarge extends Error {
  constructor(what: string) {
    super(`${what} passes the ${MAX_ASSEMBLED_BYTES / 1024 / 1024} MB that one step may load: read less of it`);
    this.name = "InputsTooLarge";
  }
}

export interface ScopeRequest {
  readonly graph: Graph;
  readonly inputs: NodeInputs;
  readonly reads: readonly StepRead[];
  readonly indexes: readonly number[];
  readonly run: ClaimedRun;
  /** What the claim loaded and what the job still holds, by name. */
  readonly loaded: ReadonlyMap<string, LoadedInput>;
}

/** The names that a node's expressions may read. */
export async function stepScope(
  dependencies: { readonly reader: Pick<RunReader, "steps" | "counters" | "document"> },
  of: Pick<ScopeRequest, "indexes" | "run" | "loaded"> & { readonly plan: NodePlan },
): Promise<ExpressionScope> {
  const { plan, indexes, run, loaded } = of;
  const { graph, node, reads } = plan;
  return await readScope(dependencies, { graph, inputs: node.inputs, reads, indexes, run, loaded });
}

/** The names that an expression may read. No round trip, unless a container or a result above 64 KB is read. */
export async function readScope(
  dependencies: { readonly reader: Pick<RunReader, "steps" | "counters" | "document"> },
  request: ScopeRequest,
): Promise<ExpressionScope> {
  const { graph, inputs, indexes, run, loaded } = request;
  const scope: Record<string, unknown> = {
    vars: graph.definition.vars,
    run: {
      id: run.id,
      workflow: run.workflow,
      version: run.version,
      startedAt: isoTime(run.startedAt),
      tags: run.tags,
    },
  };
  if (inputs.input) scope["input"] = await inputValue(dependencies, request);
  if (inputs.item !== null) {
    const item = instanceOf(`@${inputs.item}.*`, indexes);
    scope["item"] = parseValue(loaded.get(item)?.value ?? "");
  }
  const index = indexes.at(-1);
  if (index !== undefined) scope["index"] = index;
  for (const read of request.reads) scope[read.name] = await stepValue(dependencies, request, read);
  return scope;
}

async function inputValue(
  { reader }: { readonly reader: Pick<RunReader, "document"> },
  { run, loaded }: ScopeRequest,
): Promise<unknown> {
  const stored = loaded.get("_input")?.value ?? "";
  const isElsewhere = stored === "" || stored.startsWith("@");
  return parseValue(isElsewhere ? ((await reader.document(run.id, "_input")) ?? "") : stored);
}

async function stepValue(
  dependencies: { readonly reader: Pick<RunReader, "steps" | "counters"> },
  request: ScopeRequest,
  read: StepRead,
): Promise<StepValue> {
  const instance = instanceOf(read.template, request.indexes);
  const input = request.loaded.get(instance);
  const record = input === undefined || input.record === "" ? null : StepRecord.parse(JSON.parse(input.record));
  const status = record?.s ?? "pending";
  const result = status === "completed" ? await resultValue(dependencies, request, { read, instance }) : null;
  return {
    result,
    status,
    error: record?.x === undefined ? null : JSON.parse(record.x),
    attempts: record?.a ?? 0,
    startedAt: record?.t === undefined ? null : isoTime(record.t),
    endedAt: record?.e === undefined ? null : isoTime(record.e),
    durationMs: record?.t === undefined || record.e === undefined ? null : record.e - record.t,
    degraded: record?.g === 1,
  };
}

async function resultValue(
  dependencies: { readonly reader: Pick<RunReader, "steps" | "counters"> },
  { graph, run, loaded }: ScopeRequest,
  of: { readonly read: StepRead; readonly instance: string },
): Promise<unknown> {
  if (of.read.assembled) {
    const query = { runId: run.id, graph, container: of.instance, maxBytes: MAX_ASSEMBLED_BYTES };
    const assembled = await assembleContainerResult(dependencies, query);
    if (assembled.kind === "too_large") throw new InputsTooLarge(`the result of ${of.instance}`);
    return assembled.value;
  }
  const stored = loaded.get(of.instance)?.value ?? "";
  if (!stored.startsWith("@")) return parseValue(stored);
  const [step] = await dependencies.reader.steps(run.id, [of.instance], MAX_ASSEMBLED_BYTES);
  return parseValue(step?.result ?? "");
}

function parseValue(text: string): unknown {
  return text === "" ? null : JSON.parse(text);
}
