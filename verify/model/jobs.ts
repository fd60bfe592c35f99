import type { Lease } from "../../packages/core/src/ports/transitions.js";
import type { Cell, Job, Queue } from "./cell.js";

/** What BullMQ does with jobs, as far as a run can tell. Lists begin with what is fetched next. */

export function queueOf(cell: Cell, name: string): Queue {
  const known = cell.queues[name];
  if (known !== undefined) return known;
  const made: Queue = { waiting: [], prioritized: [], active: [], delayed: [], parked: [], failed: [] };
  cell.queues[name] = made;
  return made;
}

export function jobKey({ queue, id }: Pick<Lease, "queue" | "id">): string {
  return `${queue}/${id}`;
}

export function runJob(cell: Cell, runId: string): Job | undefined {
  return cell.jobs[jobKey({ queue: "runs", id: runId })];
}

export function childrenOf(cell: Cell, runId: string): number {
  return runJob(cell, runId)?.children.length ?? 0;
}

/** The fence of every script. */
export function ownsJob(cell: Cell, lease: Lease): boolean {
  return cell.jobs[jobKey(lease)]?.token === lease.token;
}

type NewJob = Pick<Job, "id" | "queue" | "name" | "data" | "priority" | "parent"> & { readonly delay?: number };

/** Adds a job. One that exists already stays as it is; so does everything when the run's own job is gone. */
export function addJob(cell: Cell, { delay, ...job }: NewJob): void {
  const parent = job.parent === null ? undefined : runJob(cell, job.parent);
  if (job.parent !== null && parent === undefined) return;
  const key = jobKey(job);
  if (cell.jobs[key] === undefined) {
    cell.jobs[key] = { ...job, children: [], token: null, starts: 0, stalls: 0, log: [], failedReason: null };
    const queue = queueOf(cell, job.queue);
    if (job.parent === null) queue.parked.push(job.id);
    else if (delay !== undefined) delayJob(queue, job.id, cell.at + delay);
    else enqueue(cell, job);
  }
  if (parent !== undefined && !parent.children.includes(key)) parent.children.push(key);
}

/** The end of the line: by priority, then by arrival. */
function enqueue(cell: Cell, { queue: name, id, priority }: Pick<Job, "queue" | "id" | "priority">): void {
  const queue = queueOf(cell, name);
  if (priority === 0) {
    queue.waiting.push(id);
    return;
  }
  const behind = queue.prioritized.findIndex(
    (other) => (cell.jobs[jobKey({ queue: name, id: other })]?.priority ?? 0) > priority,
  );
  queue.prioritized.splice(behind < 0 ? queue.prioritized.length : behind, 0, id);
}

export function delayJob(queue: Queue, id: string, dueAt: number): void {
  const behind = queue.delayed.findIndex((other) => other.dueAt > dueAt);
  queue.delayed.splice(behind < 0 ? queue.delayed.length : behind, 0, { id, dueAt });
}

/** The next job of a queue, locked; null when there is none. What is due is moved to the line first. */
export function fetchJob(cell: Cell, name: string, token: string): Job | null {
  const queue = queueOf(cell, name);
  const due = queue.delayed.filter(({ dueAt }) => dueAt <= cell.at);
  queue.delayed = queue.delayed.filter(({ dueAt }) => dueAt > cell.at);
  for (const { id } of due) {
    const job = cell.jobs[jobKey({ queue: name, id })];
    if (job !== undefined) enqueue(cell, job);
  }
  const id = queue.waiting.shift() ?? queue.prioritized.shift();
  const job = id === undefined ? undefined : cell.jobs[jobKey({ queue: name, id })];
  if (job === undefined) return null;
  queue.active.push(job.id);
  job.token = token;
  job.starts += 1;
  return job;
}

/** Ends a job that its lease owns: removed, or kept among the failed ones. The last child, or one that failed, wakes the run's job. */
export function finishJob(cell: Cell, lease: Lease, failedReason: string | null): void {
  const job = takeFromWorker(cell, lease);
  const key = jobKey(lease);
  if (failedReason === null) delete cell.jobs[key];
  else {
    job.failedReason = failedReason;
    queueOf(cell, job.queue).failed.push(job.id);
  }
  const parent = job.parent === null ? undefined : runJob(cell, job.parent);
  if (parent === undefined) return;
  parent.children = parent.children.filter((child) => child !== key);
  if (parent.children.length === 0 || failedReason !== null) wake(cell, parent, "by priority");
}

export function takeFromWorker(cell: Cell, lease: Lease): Job {
  const job = cell.jobs[jobKey(lease)];
  if (job === undefined) throw new Error(`there is no job ${lease.id}`);
  const queue = queueOf(cell, lease.queue);
  queue.active = queue.active.filter((id) => id !== lease.id);
  job.token = null;
  return job;
}

/** A run's job that waits for its children goes to the line: to its head, save where it has a priority of its own. */
function wake(cell: Cell, job: Job, place: "by priority" | "first"): void {
  const queue = queueOf(cell, job.queue);
  if (!queue.parked.includes(job.id)) return;
  queue.parked = queue.parked.filter((id) => id !== job.id);
  if (place === "by priority" && job.priority > 0) enqueue(cell, job);
  else queue.waiting.unshift(job.id);
}

/** Removes a job that nobody holds, from wherever it is. False when it is held. */
export function removeJob(cell: Cell, key: string): boolean {
  const job = cell.jobs[key];
  if (job === undefined) return true;
  if (job.token !== null) return false;
  const queue = queueOf(cell, job.queue);
  const others = (id: string) => id !== job.id;
  queue.waiting = queue.waiting.filter(others);
  queue.prioritized = queue.prioritized.filter(others);
  queue.active = queue.active.filter(others);
  queue.delayed = queue.delayed.filter(({ id }) => others(id));
  queue.failed = queue.failed.filter(others);
  delete cell.jobs[key];
  const parent = job.parent === null ? undefined : runJob(cell, job.parent);
  if (parent?.children.includes(key)) {
    parent.children = parent.children.filter((child) => child !== key);
    if (parent.children.length === 0) wake(cell, parent, "first");
  }
  return true;
}

/** Wakes a run's job that waits although no child is left. */
export function releaseRunJob(cell: Cell, runId: string): void {
  const job = runJob(cell, runId);
  if (job !== undefined && job.children.length === 0) wake(cell, job, "by priority");
}

/** Parks a run's job until its children ended; false when there are none. */
export function parkJob(cell: Cell, lease: Lease): boolean {
  if (childrenOf(cell, lease.id) === 0) return false;
  takeFromWorker(cell, lease);
  queueOf(cell, lease.queue).parked.push(lease.id);
  return true;
}

/** A lock ran out: its worker vanished, or was too slow. */
export function loseLock(cell: Cell, { queue, id }: Pick<Lease, "queue" | "id">): void {
  const job = cell.jobs[jobKey({ queue, id })];
  if (job !== undefined) job.token = null;
}

/** BullMQ finds that an active job has no lock: it is fetched next. */
export function reapJob(cell: Cell, { queue, id }: Pick<Lease, "queue" | "id">): void {
  const job = cell.jobs[jobKey({ queue, id })];
  const line = queueOf(cell, queue);
  if (job === undefined || job.token !== null || !line.active.includes(id)) return;
  line.active = line.active.filter((other) => other !== id);
  line.waiting.unshift(id);
  job.stalls += 1;
}
