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
  /** HASH: settings, `restrictionFields` among them. */
  meta: "meta",
} as const;

/** Fields of `meta` that are there while a queue is paused, limited in rate, or limited in concurrency. */
export const restrictionFields = ["paused", "max", "concurrency"] as const;

/** What BullMQ calls the parts of a job: each is a key `<prefix>:<queue>:<job id>:<suffix>`. */
export const jobKeys = {
  /** STRING: the token of the worker that holds the job. */
  lock: "lock",
  /** SET: the keys of its children that have not ended. */
  dependencies: "dependencies",
  /** LIST: lines that a board shows. */
  logs: "logs",
} as const;

/** Starts after which BullMQ would give a job up: out of reach, because Baton decides how often a step is tried. */
export const jobLimits = { attempts: 1_000_000 } as const;

/** The name of one of a queue's keys; `prefix` is the one that the queue was opened with. */
export function queueKey(prefix: string, queue: string, part: keyof typeof queueKeys): string {
  return `${prefix}:${queue}:${queueKeys[part]}`;
}
