/** What BullMQ calls the parts of a queue: each is a key `<prefix>:<queue>:<suffix>`. */
export const queueKeys = {
  /** LIST: jobs to be fetched. */
  waiting: "wait",
  /** LIST: where older versions moved the jobs of a paused queue. */
  pausedWaiting: "paused",
  /** ZSET: jobs with a priority above 0. */
  prioritized: "prioritized",
  /** LIST: jobs that a worker holds. */
  active: "active",
  /** ZSET: jobs that are due later. */
  delayed: "delayed",
  /** ZSET: parents whose children are not all done. */
  waitingChildren: "waiting-children",
  /** ZSET: failed jobs that are kept. */
  failed: "failed",
  /** HASH: settings; the fields `paused`, `max` and `concurrency` are there while the queue is paused or limited. */
  meta: "meta",
} as const;

/** The name of one of a queue's keys; `prefix` is the one that the queue was opened with. */
export function queueKey(prefix: string, queue: string, part: keyof typeof queueKeys): string {
  return `${prefix}:${queue}:${queueKeys[part]}`;
}
