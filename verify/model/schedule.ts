import type { SkipReason } from "@batonrun/contract";
import type { Dependent, ItemTemplate, Route } from "../../packages/core/src/ports/route.js";
import type { Entered, Settlement } from "../../packages/core/src/ports/settlement.js";
import { type Arrivals, type Attempted, type Cell, type Entry, fieldOf, type Run } from "./cell.js";
import { addJob } from "./jobs.js";
import { compact, countersOf, putRecord } from "./run-state.js";

/** One script adds no more jobs. */
export const MAX_ADDED = 200;

type Arrival = Settlement["arrival"];

export function entryOf(instance: string, route: Route, skip?: SkipReason): Entry {
  const { queue, priority, name, role, data, loads } = route;
  return { instance, queue, priority, name, role, data, ...(loads && { loads }), ...(skip && { skip }) };
}

/** Counts a dependent down; who was awaited last makes it ready. */
export function arrive(run: Run, dependent: Dependent, arrival: Arrival): readonly Entry[] {
  const { instance, indegree, route } = dependent;
  const isJudged = route.role === "step" || route.role === "enter";
  const seen = indegree === 1 ? arrivalOf(arrival) : countArrival(run, instance, isJudged ? arrival : "ok");
  if (indegree === 0) return seen.count === 0 ? [entryOf(instance, route)] : [];
  if (seen.count !== indegree) return [];
  return enterBranch(run, dependent, isJudged ? skipOf(dependent, seen) : undefined);
}

function countArrival(run: Run, instance: string, arrival: Arrival): Arrivals {
  const known = run.arrivals[instance] ?? { count: 0, skipped: 0, failed: 0 };
  const one = arrivalOf(arrival);
  const sum = { count: known.count + 1, skipped: known.skipped + one.skipped, failed: known.failed + one.failed };
  run.arrivals[instance] = sum;
  return sum;
}

function arrivalOf(arrival: Arrival): Arrivals {
  return { count: 1, skipped: arrival === "skipped" ? 1 : 0, failed: arrival === "failed" ? 1 : 0 };
}

function skipOf({ indegree, route }: Dependent, seen: Arrivals): SkipReason | undefined {
  if (seen.failed > 0) return "dependency_failed";
  return seen.skipped === indegree && !route.aware ? "dependency_skipped" : undefined;
}

/** A branch of a parallel with `maxParallel` waits until one of its slots is free. */
function enterBranch(run: Run, { instance, route }: Dependent, skip: SkipReason | undefined): readonly Entry[] {
  const entry = entryOf(instance, route, skip);
  if (route.branchOf === undefined) return [entry];
  const counters = countersOf(run, route.branchOf);
  if ((counters.branches ?? 0) >= (route.width ?? 0)) {
    counters.waiting = [...(counters.waiting ?? []), entry];
    return [];
  }
  counters.branches = (counters.branches ?? 0) + 1;
  return [entry];
}

/** The slot of a branch that ended goes to the one that waits longest. */
export function endBranch(run: Run, container: string): readonly Entry[] {
  const counters = countersOf(run, container);
  const [next, ...rest] = counters.waiting ?? [];
  if (next === undefined) {
    counters.branches = (counters.branches ?? 0) - 1;
    return [];
  }
  counters.waiting = rest;
  return [next];
}

export function enterContainer(run: Run, entered: Entered): readonly Entry[] {
  const { exit, total, arrivals, items } = entered;
  const counters = countersOf(run, exit.instance);
  counters.total = total;
  if (entered.case !== undefined) counters.case = entered.case;
  if (arrivals !== undefined) run.arrivals[exit.instance] = { count: -arrivals, skipped: 0, failed: 0 };
  const ready: Entry[] = [];
  if (items !== undefined) {
    counters.entered = Math.min(items.width, total);
    for (let index = 0; index < counters.entered; index += 1) ready.push(...itemEntries(items.template, index));
  }
  return arrivals === 0 ? [...ready, entryOf(exit.instance, exit.route)] : ready;
}

/** The map pulls its next item. */
export function endItem(run: Run, template: ItemTemplate): readonly Entry[] {
  const counters = countersOf(run, template.map);
  const index = counters.entered ?? 0;
  if (index >= (counters.total ?? 0)) return [];
  counters.entered = index + 1;
  return itemEntries(template, index);
}

function itemEntries(template: ItemTemplate, index: number): readonly Entry[] {
  return template.roots.map(({ before, after, route }) => {
    const place = (text: string) => text.replaceAll("*", String(index));
    const placed = { ...route, data: place(route.data), ...(route.loads && { loads: route.loads.map(place) }) };
    return entryOf(`${before}${index}${after}`, placed);
  });
}

/** Hands what is ready to BullMQ while slots are free; who waits already in `ready` comes first. */
export function handOver(cell: Cell, run: Run, entries: readonly Entry[]): number {
  run.ready.push(...entries);
  let added = 0;
  while (run.busy < run.given.maxParallel && added < MAX_ADDED) {
    const entry = run.ready.shift();
    if (entry === undefined) break;
    queueStep(cell, run, { entry, generation: 0 });
    added += 1;
  }
  return added;
}

/** A step as a job: a direct child of the run's own job. */
export function queueStep(
  cell: Cell,
  run: Run,
  of: { readonly entry: Entry; readonly generation: number; readonly delay?: number; readonly record?: Attempted },
): void {
  const { entry, generation, delay } = of;
  const { instance, queue, priority, name } = entry;
  addJob(cell, {
    id: `${run.id}.${instance}.${generation}`,
    queue,
    name,
    data: `{"run":"${run.id}","step":"${instance}","gen":${generation},${entry.data}`,
    priority,
    parent: run.id,
    ...(delay !== undefined && { delay }),
  });
  const known = of.record ?? { s: "pending" };
  const d = delay === undefined ? known.d : cell.at + delay;
  putRecord(run, fieldOf(instance, generation), compact({ ...known, q: cell.at, d, r: entry.skip ?? known.r }));
  run.busy += 1;
}
