import type { ExpressionScope, StepValue } from "../expression/expression.js";
import { type Container, type Graph, instanceOf, type NodeInputs } from "../graph/graph.js";
import type { NodePlan, StepRead } from "../plan/node-plan.js";
import type { LoadedInput, RunReader } from "../ports/run-reader.js";
import type { ClaimedRun } from "../ports/transitions.js";
import { assembleContainerResult, MAX_ASSEMBLED_BYTES } from "../run/container-result.js";
import { isoTime } from "../run/iso-time.js";
import { StepRecord } from "../run/step-record.js";
import type { InstanceReader } from "../run/stored.js";

/** One evaluation loads or stores more data than allowed. The step or run fails with type `limit`. */
export class TooLarge extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TooLarge";
  }
}

/** The bytes that one evaluation can still load. */
class LoadBudget {
  #leftBytes = MAX_ASSEMBLED_BYTES;

  get leftBytes(): number {
    return this.#leftBytes;
  }

  take(bytes: number, what: string): void {
    this.#leftBytes -= bytes;
    if (this.#leftBytes < 0) throw tooMuchToLoad(what);
  }
}

export function tooMuchToLoad(what: string): TooLarge {
  return new TooLarge(
    `${what} passes the ${MAX_ASSEMBLED_BYTES / 1024 / 1024} MB that one step may load: read less of it`,
  );
}

export interface ScopeRequest {
  readonly graph: Graph;
  readonly inputs: NodeInputs;
  readonly reads: readonly StepRead[];
  readonly indexes: readonly number[];
  /** The innermost enclosing container with a repeated body. */
  readonly repeated: Container | null;
  readonly run: ClaimedRun;
  /** The values loaded by the claim or cached by the job, by name. */
  readonly loaded: ReadonlyMap<string, LoadedInput>;
}

/** The names that a node's expressions can read. */
export async function stepScope(
  dependencies: { readonly reader: Pick<RunReader, "document"> & InstanceReader },
  of: Pick<ScopeRequest, "indexes" | "run" | "loaded"> & { readonly plan: NodePlan },
): Promise<ExpressionScope> {
  const { plan, indexes, run, loaded } = of;
  const { graph, node, reads, repeated } = plan;
  return await readScope(dependencies, { graph, inputs: node.inputs, reads, indexes, repeated, run, loaded });
}

/** The names that an expression can read. No round trip unless it reads a container or a result above 64 KB. */
export async function readScope(
  dependencies: { readonly reader: Pick<RunReader, "document"> & InstanceReader },
  request: ScopeRequest,
): Promise<ExpressionScope> {
  const { graph, inputs, run } = request;
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
  Object.assign(scope, repeatedNames(request));
  const budget = new LoadBudget();
  for (const read of request.reads) scope[read.name] = await stepValue(dependencies, request, { read, budget });
  return scope;
}

/** The names that the innermost enclosing repeated body provides: `item` and `index` in a map. */
function repeatedNames({ inputs, indexes, repeated, loaded }: ScopeRequest): Readonly<Record<string, unknown>> {
  const index = indexes.at(-1);
  if (repeated === null || index === undefined) return {};
  const item = inputs.item === null ? "" : (loaded.get(instanceOf(`@${inputs.item}.*`, indexes))?.value ?? "");
  return repeated.kind.repetition?.bind(index, parseValue(item)) ?? {};
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
  dependencies: { readonly reader: InstanceReader },
  request: ScopeRequest,
  { read, budget }: { readonly read: StepRead; readonly budget: LoadBudget },
): Promise<StepValue> {
  const instance = instanceOf(read.template, request.indexes);
  const input = request.loaded.get(instance);
  const record = input === undefined || input.record === "" ? null : StepRecord.parse(JSON.parse(input.record));
  const status = record?.s ?? "pending";
  const result = status === "completed" ? await resultValue(dependencies, request, { read, instance, budget }) : null;
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
  dependencies: { readonly reader: InstanceReader },
  { graph, run, loaded }: ScopeRequest,
  of: { readonly read: StepRead; readonly instance: string; readonly budget: LoadBudget },
): Promise<unknown> {
  const what = `the result of ${of.instance}, with what else is read here,`;
  if (of.read.assembled) {
    const query = { runId: run.id, graph, container: of.instance, maxBytes: of.budget.leftBytes };
    const assembled = await assembleContainerResult(dependencies, query);
    if (assembled.kind === "too_large") throw tooMuchToLoad(what);
    of.budget.take(assembled.bytes, what);
    return assembled.value;
  }
  const stored = loaded.get(of.instance)?.value ?? "";
  if (!stored.startsWith("@")) {
    of.budget.take(stored.length, what);
    return parseValue(stored);
  }
  // A large result is stored apart, with its size in its place, so nothing above the budget is loaded.
  of.budget.take(Number(stored.slice(1)), what);
  const [step] = await dependencies.reader.steps(run.id, [of.instance], MAX_ASSEMBLED_BYTES);
  return parseValue(step?.result ?? "");
}

function parseValue(text: string): unknown {
  return text === "" ? null : JSON.parse(text);
}
