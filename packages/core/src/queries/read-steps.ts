import type { RunId, StepStatus, StepView } from "@batonrun/contract";
import { z } from "zod";
import { type Graph, templateOf } from "../graph/graph.js";
import type { GraphCache } from "../plan/graph-cache.js";
import type { Page, RunReader } from "../ports/run-reader.js";
import { assembleContainerResult, MAX_ASSEMBLED_BYTES } from "../run/container-result.js";
import { decodeCursor, encodeCursor } from "../run/cursor.js";
import {
  findInstance,
  type InstanceList,
  instancesOf,
  type OpenRun,
  openInstances,
  viewsOf,
} from "./step-instances.js";

export interface ReadStepsQuery {
  readonly runId: RunId;
  /** Instance id of a container (`chunks`, `chunks.3`, `chunks.3.par`). Default: the steps of the top scope. */
  readonly parent?: string;
  readonly status?: StepStatus;
  readonly limit: number;
  readonly cursor?: string;
}

/** Instances examined per call. If few match, the page is short and has a cursor. */
const MAX_SCANNED = 2_000;
const CHUNK = 200;

const StepsCursor = z.strictObject({ index: z.number().int().nonnegative() });

interface Dependencies {
  readonly reader: RunReader;
  readonly graphs: GraphCache;
}

/** The direct instances of a container, without results. Throws `run_not_found`, `step_not_found`, `cursor_invalid`. */
export async function readSteps(dependencies: Dependencies, query: ReadStepsQuery): Promise<Page<StepView>> {
  const first = query.cursor === undefined ? 0 : decodeCursor(StepsCursor, query.cursor).index;
  const run = await openInstances(dependencies, query.runId);
  const list = await instancesOf(run, query.parent ?? null);
  const end = Math.min(list.length, first + MAX_SCANNED);
  const items: StepView[] = [];
  for (let from = first; from < end; from += CHUNK) {
    const views = await viewsOf(run, list.slice(from, Math.min(from + CHUNK, end)));
    for (const [at, view] of views.entries()) {
      if (query.status !== undefined && view.status !== query.status) continue;
      items.push(view);
      if (items.length === query.limit) return page(items, from + at + 1, list);
    }
  }
  return page(items, end, list);
}

function page(items: readonly StepView[], next: number, { length }: InstanceList): Page<StepView> {
  return next >= length ? { items } : { items, nextCursor: encodeCursor({ index: next }) };
}

/** One instance with its result. Throws `run_not_found`, `step_not_found`. */
export async function readStep(
  dependencies: Dependencies,
  { runId, instance }: { readonly runId: RunId; readonly instance: string },
): Promise<StepView> {
  const run = await openInstances(dependencies, runId);
  const ref = await findInstance(run, instance);
  const [view] = await viewsOf(run, [ref]);
  if (view === undefined) throw new Error(`no view was made for ${instance}`);
  return view.status === "completed" || view.status === "compensated" ? withResult(run, view) : view;
}

type CompletedStep = Extract<StepView, { readonly status: "completed" | "compensated" }>;

async function withResult({ reader, runId, graph }: OpenRun, view: CompletedStep): Promise<StepView> {
  const [stored] = await reader.steps(runId, [view.id], MAX_ASSEMBLED_BYTES);
  if (stored?.result !== undefined) return { ...view, result: JSON.parse(stored.result) };
  if (!isContainer(graph, view.id)) return view;
  const query = { runId, graph, container: view.id, maxBytes: MAX_ASSEMBLED_BYTES };
  const assembled = await assembleContainerResult({ reader }, query);
  return assembled.kind === "assembled" ? { ...view, result: assembled.value } : { ...view, resultOmitted: true };
}

/** An item with several steps counts as a container, because its result is assembled too. */
function isContainer(graph: Graph, instance: string): boolean {
  const template = templateOf(graph, instance)?.template ?? "";
  return graph.containers.has(template) || graph.nodes.get(template)?.role === "item";
}
