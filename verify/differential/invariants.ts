import { isDeepStrictEqual } from "node:util";
import { RunStatus, StepStatus } from "@batonrun/contract";
import type { Container, GraphNode } from "../../packages/core/src/graph/graph.js";
import { isSettledStepStatus, isTerminalRunStatus } from "../../packages/core/src/run/transitions.js";
import type { NormalCell, NormalRecord, NormalRun } from "./normal-form.js";
import type { Workflow } from "./random-graph.js";

/** What a check of one state keeps for the next. */
export interface Watched {
  readonly cell: NormalCell;
}

export interface Look {
  readonly cell: NormalCell;
  readonly before: Watched | null;
  readonly workflows: ReadonlyMap<string, Workflow>;
  /** Runs whose jobs somebody removed by hand. */
  readonly tampered: ReadonlySet<string>;
  /** The last operation was the one before it once more. */
  readonly isRepeat: boolean;
}

class Violation extends Error {
  constructor(rule: string, run: string, details: unknown) {
    super(`${rule} does not hold of run ${run}: ${JSON.stringify(details)}`);
    this.name = "Violation";
  }
}

/** The invariants of the engine's design, on what Redis holds. Throws at the first that does not hold. */
export function checkInvariants(look: Look): Watched {
  const { cell, before, isRepeat } = look;
  if (isRepeat && before !== null && !isDeepStrictEqual(cell, before.cell))
    throw new Violation("I7: a repeat changes nothing", "any", "");
  for (const [id, run] of Object.entries(cell.runs)) {
    checkEvents(id, run);
    checkOnce(id, run, before?.cell.runs[id]);
    checkChildren(look, id);
    checkRunJob(look, id, run);
    if (run.fields["closing"] === undefined && !look.tampered.has(id)) checkOpen(look, id, run);
  }
  return { cell };
}

/** The log has no gaps, ends where the run hash says, and its last word is the run's. */
function checkEvents(id: string, { events, fields }: NormalRun): void {
  const gap = events.find(({ seq }, index) => seq !== index + 1);
  if (gap !== undefined || Number(fields["seq"]) !== events.length)
    throw new Violation("events have no gaps", id, events);
  const hasEnded = isTerminalRunStatus(RunStatus.parse(fields["status"]));
  const last = events.findLast(({ type }) => type.startsWith("run_"))?.type;
  const isOver = last === `run_${fields["status"]}` && fields["endedAt"] === "set";
  if (hasEnded !== (isOver && last !== "run_running"))
    throw new Violation("one terminal status, with its event", id, { last, fields });
}

/** I2: an outcome, and what belongs to it, is written at most once. */
function checkOnce(id: string, run: NormalRun, before: NormalRun | undefined): void {
  for (const [field, record] of Object.entries(before?.records ?? {})) {
    if (!isSettled(record)) continue;
    const isKept = isDeepStrictEqual(run.records[field], record) && run.out[field] === before?.out[field];
    if (!isKept) throw new Violation("I2: an outcome is written once", id, { field, record, now: run.records[field] });
  }
  const closing = before?.fields["closing"];
  if (closing !== undefined && run.fields["closing"] !== closing)
    throw new Violation("closing is written once", id, closing);
}

/** I1: every job that may still schedule is a child of the run's job. */
function checkChildren({ cell, tampered }: Look, id: string): void {
  const children = new Set(cell.jobs[`runs/${id}`]?.children ?? []);
  for (const [key, { failedReason }] of Object.entries(cell.jobs)) {
    const isStep = key.includes(`/${id}.`);
    if (isStep && failedReason === null && !children.has(key)) throw new Violation("I1: every job is a child", id, key);
  }
  const lost = [...children].find((key) => cell.jobs[key] === undefined);
  if (lost !== undefined && !tampered.has(id)) throw new Violation("I1: every child is a job", id, lost);
}

/** I5: the run's job is out of waiting => no step is running, or the run is closing. A requeue happens while it is out. */
function checkRunJob({ cell, tampered }: Look, id: string, { fields }: NormalRun): void {
  const job = cell.jobs[`runs/${id}`];
  const isParked = cell.queues["runs"]?.parked.includes(id) ?? false;
  if (job === undefined || isParked || tampered.has(id) || fields["closing"] !== undefined) return;
  if (job.children.length > 0) throw new Violation("I5: a run's job is woken when no step is running", id, job);
}

function checkOpen(look: Look, id: string, run: NormalRun): void {
  const { cell, workflows } = look;
  const busy = cell.jobs[`runs/${id}`]?.children.length ?? 0;
  const { fields, ready } = run;
  if (Number(fields["busy"]) !== busy) throw new Violation("slots in use are children", id, { busy, fields });
  if (busy > Number(fields["maxParallel"]))
    throw new Violation("maxParallel bounds what is handed to BullMQ", id, { busy, fields });
  if (ready.length > 0 && busy < Number(fields["maxParallel"]))
    throw new Violation("who is ready waits only for a slot", id, ready);
  const workflow = workflows.get(id);
  if (workflow !== undefined && fields["endedAt"] === undefined) checkScheduled({ cell, id, run, workflow });
}

interface Scheduled {
  readonly cell: NormalCell;
  readonly id: string;
  readonly run: NormalRun;
  readonly workflow: Workflow;
}

/** I3 and I4, of every node that is not inside a map: it was handed on if and only if all that it waits for is recorded. */
function checkScheduled(of: Scheduled): void {
  for (const node of of.workflow.graph.nodes.values()) {
    if (node.id.includes("*")) continue;
    checkArrivals(of, node);
    const isDue = isReady(of, node);
    if (isDue !== null && isDue !== wasHandedOn(of, node)) {
      throw new Violation("I4: handed on if and only if its predecessors are recorded", of.id, {
        node: node.id,
        isDue,
        run: of.run,
      });
    }
  }
}

/** I3: an outcome is recorded if and only if its dependents were counted down. */
function checkArrivals({ id, run }: Scheduled, node: GraphNode): void {
  if (node.dependencies.length < 2) return;
  // What belongs to a case that was not taken is recorded and leads nowhere.
  const isCounted = (dependency: string) =>
    isRecorded(run, dependency) && run.records[dependency]?.["r"] !== "case_not_taken";
  const settled = node.dependencies.filter(isCounted).length;
  const arrived = Number(run.counters[`a:${node.id}`] ?? 0) % 2 ** 20;
  if (settled !== arrived) throw new Violation("I3: recorded is counted down", id, { node: node.id, settled, arrived });
}

/** Whether all predecessors of a node are recorded; null where its container decides and this check cannot tell. */
function isReady({ run, workflow }: Scheduled, node: GraphNode): boolean | null {
  const { containers } = workflow.graph;
  const own = node.role === "exit" ? containers.get(node.id) : undefined;
  if (own !== undefined && !own.kind.entersAll) return null;
  if (own !== undefined && !isEntered(run, own)) return null;
  const parent = node.container === null ? undefined : containers.get(node.container);
  if (parent !== undefined && isEntered(run, parent) && !isTaken(run, parent, node)) return null;
  if (node.dependencies.length > 0) return node.dependencies.every((dependency) => isRecorded(run, dependency));
  return parent === undefined || isEntered(run, parent);
}

function isEntered(run: NormalRun, container: Container): boolean {
  return run.records[container.enter]?.["s"] === "completed" && run.counters[`n:${container.id}`] !== undefined;
}

function isTaken(run: NormalRun, { id, kind, repeats, scopes }: Container, node: GraphNode): boolean {
  if (kind.entersAll || repeats) return true;
  const end = endOf(node);
  const scope = scopes.find(({ steps }) => steps.includes(end));
  return run.counters[`case:${id}`] === scope?.key;
}

/** The node that ends the step which a node begins. */
function endOf({ id, role }: GraphNode): string {
  return role === "enter" ? id.slice(0, -"._enter".length) : id;
}

/** A job for it exists, or it continues inline, or it waits in `:ready` or for a branch's slot, or its outcome is set. */
function wasHandedOn({ run, cell, id }: Scheduled, { id: node, ...rest }: GraphNode): boolean {
  const record = run.records[node];
  // Skipped along with what it waits for, a container has an exit only.
  if (isRecorded(run, endOf({ id: node, ...rest }))) return true;
  if (record !== undefined && (isSettled(record) || hasJob(cell, run, { id, node }))) return true;
  if (run.ready.some((entry) => entry.startsWith(`${node}|`))) return true;
  const waiting = Object.entries(run.counters).filter(([name]) => name.startsWith("w:"));
  return waiting.some(([, text]) => text.split(",").some((branch) => branch.split(" ")[0] === node));
}

function hasJob(
  cell: NormalCell,
  run: NormalRun,
  { id, node }: { readonly id: string; readonly node: string },
): boolean {
  const jobs = Object.entries(cell.jobs).filter(([, { failedReason }]) => failedReason === null);
  return jobs.some(([key]) => {
    const job = key.slice(key.indexOf("/") + 1);
    return job === `${id}.${node}.0` || run.counters[`c:${job}`] === node;
  });
}

function isRecorded(run: NormalRun, node: string): boolean {
  const record = run.records[node];
  return record !== undefined && isSettled(record);
}

function isSettled(record: NormalRecord): boolean {
  return isSettledStepStatus(StepStatus.parse(record["s"]));
}
