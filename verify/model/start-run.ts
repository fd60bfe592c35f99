import { GRAPH_FORMAT } from "../../packages/core/src/graph/graph.js";
import type { StartRunCommand, StartRunReply } from "../../packages/core/src/ports/transitions.js";
import type { Cell, Run } from "./cell.js";
import { addJob } from "./jobs.js";
import { appendEvent, putText } from "./run-state.js";
import { entryOf, MAX_ADDED, queueStep } from "./schedule.js";

export function startRun(cell: Cell, command: StartRunCommand): StartRunReply {
  const { id, idempotency } = command;
  const known = idempotency && cell.idempotency[idempotency.key];
  if (known !== undefined) {
    // Entries are written below only, with the id of a command.
    const first = known.run as StartRunCommand["id"];
    if (first === id) return { kind: "started", id };
    return { kind: known.body === idempotency?.body ? "replayed" : "conflict", id: first };
  }
  if (cell.runs[id] !== undefined) return { kind: "started", id };
  if (!cell.definitions.stored.includes(command.definition)) return { kind: "missing_definition" };
  const run = newRun(cell, command);
  putText(run, "_input", command.input);
  enlist(cell, run, command);
  addJob(cell, { id, queue: "runs", name: "run", data: runData(command), priority: command.priority, parent: null });
  const data = JSON.stringify({ workflow: command.workflow, version: command.version });
  const type = command.delayMs ? "run_scheduled" : "run_started";
  appendEvent(cell, run, { type, data, ...(command.actor !== undefined && { actor: command.actor }) });
  scheduleRoots(cell, run, command);
  return { kind: "started", id };
}

function runData({ id, definition }: StartRunCommand): string {
  return JSON.stringify({ run: id, definition, format: GRAPH_FORMAT });
}

/** The delay is that of the jobs which are added now: a root that waits for a slot begins after one of them did. */
function scheduleRoots(cell: Cell, run: Run, { roots, delayMs }: StartRunCommand): void {
  for (const [index, { instance, route }] of roots.entries()) {
    const entry = entryOf(instance, route);
    const isFree = run.busy < run.given.maxParallel && index < MAX_ADDED;
    if (isFree) queueStep(cell, run, { entry, generation: 0, ...(delayMs !== undefined && { delay: delayMs }) });
    else run.ready.push(entry);
  }
}

function newRun(cell: Cell, command: StartRunCommand): Run {
  const { id, definition, workflow, version, priority, tags, compliance, adhoc, maxParallel, retentionMs, delayMs } =
    command;
  const idempotency = command.idempotency?.key ?? null;
  return {
    id,
    given: { definition, workflow, version, priority, tags, compliance, adhoc, maxParallel, retentionMs, idempotency },
    createdAt: cell.at,
    deadlineAt: cell.at + (delayMs ?? 0) + command.timeoutMs,
    status: delayMs ? "initializing" : "running",
    startedAt: delayMs ? null : cell.at,
    closing: null,
    endedAt: null,
    error: null,
    seq: 0,
    busy: 0,
    left: command.left,
    records: {},
    generations: {},
    inlinePositions: {},
    arrivals: {},
    containers: {},
    out: {},
    big: {},
    items: {},
    ready: [],
    done: [],
    events: [],
    kept: [],
  };
}

function enlist(cell: Cell, run: Run, { idempotency, adhoc, definition }: StartRunCommand): void {
  cell.runs[run.id] = run;
  cell.accepted.push(run.id);
  cell.open.push(run.id);
  cell.timers[`deadline:${run.id}`] = run.deadlineAt;
  if (idempotency !== undefined) cell.idempotency[idempotency.key] = { run: run.id, body: idempotency.body };
  const { adHoc } = cell.definitions;
  if (adhoc) adHoc[definition] = (adHoc[definition] ?? 0) + 1;
}
