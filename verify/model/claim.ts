import { enteredBy } from "../../packages/core/src/graph/outline.js";
import type { Route } from "../../packages/core/src/ports/route.js";
import type { LoadedInput } from "../../packages/core/src/ports/run-reader.js";
import type { ClaimedStep } from "../../packages/core/src/ports/transitions.js";
import { type Attempted, type Cell, type DeepReadonly, fieldOf, type Run } from "./cell.js";
import { appendEvent, certainSkip, compact, currentField, moveRun, putRecord } from "./run-state.js";

/** An instance that somebody claims. */
export interface Claimant {
  readonly instance: string;
  readonly generation: number;
  readonly role: Route["role"];
  /** The lock's token, by which a second call of the same claim is recognized. */
  readonly owner?: string;
  /** An inline claim whose answer was lost. */
  readonly again?: boolean;
}

/**
 * One more attempt. A record that says `running` is that of a worker that vanished, unless it is this very claim, whose
 * answer was lost. A step that is certain to be skipped is not claimed at all.
 */
export function claim(cell: Cell, run: Run, claimant: Claimant): ClaimedStep {
  const { instance, generation, role, owner, again } = claimant;
  const known = run.records[fieldOf(instance, generation)] ?? { s: "pending" };
  if (certainSkip(known) !== null) return claimReply(cell, run, { claimant, record: known });
  const isRepeat = again === true || (owner !== undefined && known.o === owner);
  if (known.s === "running" && isRepeat) return claimReply(cell, run, { claimant, record: known });
  if (known.s === "running")
    appendEvent(cell, run, { type: "step_crashed", step: instance, generation, attempt: known.a ?? 0 });
  const record = compact({
    ...known,
    s: "running",
    a: (known.a ?? 0) + 1,
    k: known.s === "running" ? (known.k ?? 0) + 1 : known.k,
    t: known.t ?? cell.at,
    q: known.q ?? cell.at,
    d: undefined,
    o: owner,
  });
  putRecord(run, fieldOf(instance, generation), record);
  beginRun(cell, run);
  const step = role === "enter" ? enteredBy(instance) : instance;
  if (role === "step" || role === "enter") {
    appendEvent(cell, run, { type: "step_started", step, generation, attempt: record.a ?? 0 });
  }
  return claimReply(cell, run, { claimant, record });
}

/** A delayed run begins with its first claim. */
function beginRun(cell: Cell, run: Run): void {
  if (run.status !== "initializing") return;
  moveRun(run, "running");
  run.startedAt = cell.at;
  appendEvent(cell, run, { type: "run_started" });
}

function claimReply(
  cell: Cell,
  run: Run,
  { claimant, record }: { readonly claimant: Claimant; readonly record: Attempted },
): ClaimedStep {
  const { instance, generation } = claimant;
  return {
    instance,
    generation,
    attempt: record.a ?? 0,
    skip: record.r ?? null,
    failures: record.f ?? 0,
    crashes: record.k ?? 0,
    startedAt: record.t ?? cell.at,
    readySince: record.q ?? cell.at,
    at: cell.at,
    run: claimedRun(run),
    inputs: null,
  };
}

function claimedRun(run: Run): ClaimedStep["run"] {
  const { definition, workflow, version, tags, priority } = run.given;
  // Only runs that were started are stored, each under the id that `start-run` was given.
  const id = run.id as ClaimedStep["run"]["id"];
  return { id, definition, workflow, version, tags, priority, startedAt: run.startedAt ?? run.createdAt };
}

/** One name, whether it was loaded before or not. */
export function loadInput(run: DeepReadonly<Run>, name: string): LoadedInput {
  return isSpecial(name) ? loadSpecial(run, name) : loadPlain(run, name);
}

/** What a claim loads: `_input`, `@<map>.<index>` (an item), `#<container>` (its counters), or an instance. */
export function loadInputs(run: Run, names: readonly string[], held: ReadonlySet<string>): readonly LoadedInput[] {
  const plain = names.filter((name) => !isSpecial(name) && !held.has(name));
  return [...names.filter(isSpecial), ...plain].map((name) => loadInput(run, name));
}

function isSpecial(name: string): boolean {
  return name.startsWith("@") || name.startsWith("#");
}

function loadSpecial(run: DeepReadonly<Run>, name: string): LoadedInput {
  const of = name.slice(1);
  if (name.startsWith("@")) return { name, record: "", value: run.items[of] ?? "" };
  const { total = 0, failed = 0, skipped = 0, case: taken = "" } = run.containers[of] ?? {};
  return { name, record: taken, value: `${total} ${failed} ${skipped}` };
}

function loadPlain(run: DeepReadonly<Run>, name: string): LoadedInput {
  const field = currentField(run, name);
  const record = run.records[field];
  return { name, record: record === undefined ? "" : JSON.stringify(record), value: run.out[field] ?? "" };
}
