import { setTimeout as delay } from "node:timers/promises";
import {
  type ConnectionOptions,
  createRedisBackend,
  DelayedError,
  type Job,
  type RedisQueueBackend,
  WaitingChildrenError,
  Worker,
} from "bullmq";
import { Unpackr } from "msgpackr";
import { z } from "zod";
import type { ClaimedStep, Lease } from "../ports/transitions.js";
import type { JobHandoff } from "./job-handoff.js";
import { jobLimits } from "./queue-keys.js";
import { Slots } from "./slots.js";

/**
 * A BullMQ worker whose two hot calls are ours.
 * QW1 the fetch (`moveToActive`) runs the fused script, which also claims the step.
 * QW2 the end of a job (`moveToFinished`) was already done by the script that settled its step: BullMQ is handed that reply.
 * QW3 a processor that throws never fails its job: the job is delayed and tried again.
 *
 * Both calls are replaced in `fusedBackend`. Example: the worker asks for a job (QW1: fetch-step fetches `r1.a.0` and claims step a),
 * the processor runs a and settles it (settle-step ends the job and fetches `r1.b.0`, one trip), then BullMQ ends `r1.a.0` and is
 * handed the reply that settle-step got (QW2), so it continues with `r1.b.0` without a trip of its own.
 */
export interface QueueWorkerOptions {
  readonly queue: string;
  /** The prefix of BullMQ's keys. */
  readonly prefix: string;
  /** An ioredis client, or what one is made from. BullMQ makes its own blocking duplicate of it. */
  readonly connection: ConnectionOptions;
  readonly concurrency: number;
  readonly lockDurationMs: number;
  readonly stalledIntervalMs: number;
  readonly handoff: JobHandoff;
  fetch(request: { readonly queue: string; readonly token: string; readonly name?: string }): Promise<unknown>;
  process(job: ActiveJob): Promise<JobEnd>;
  /** ms since the epoch, for BullMQ's own delays. */
  now(): number;
  onError(error: unknown, job?: Lease): void;
}

/** What the processor did with a job. */
export type JobEnd =
  /** A script ended or delayed the job, or it is parked until its children end. A lost lease counts as `ended`. */
  | { readonly kind: "ended" | "delayed" | "parked" }
  /** Nothing was done. BullMQ delivers the job again after the delay. */
  | { readonly kind: "again"; readonly delayMs: number };

export interface ActiveJob {
  readonly lease: Lease;
  readonly data: unknown;
  readonly priority: number;
  /** The claim made by the fetch, if it could be made there. */
  readonly claim: ClaimedStep | null;
  /** Aborted when the lock is lost. */
  readonly signal: AbortSignal;
  /** Shows the step's progress (0 to 1) on the board, with at most one update per second. */
  progress(fraction: number): void;
  /** Keeps the job's slot occupied until the promise settles, because an action that ignores its signal still runs. */
  keepSlot(until: Promise<void>): void;
  /** Whether the job's end may fetch the next one. */
  mayFetch(): boolean;
  /** For the run's own job: parks it until its children end. False if it has none. */
  waitForChildren(): Promise<boolean>;
}

export interface QueueWorker {
  readonly queue: string;
  isClosing(): boolean;
  isRunning(): boolean;
  /** Stops fetching and waits for active jobs. */
  close(): Promise<void>;
}

const RETRY_SURPRISE_MS = 1000;
const PROGRESS_INTERVAL_MS = 1000;
const Token = z.object({ token: z.string(), name: z.string().nullish() });
const unpackr = new Unpackr({ useRecords: false });

export function startQueueWorker(options: QueueWorkerOptions): QueueWorker {
  const worker: Worker = new Worker(
    options.queue,
    // Three declared parameters: BullMQ hands the abort signal only to such processors.
    (job: Job, token: string | undefined, signal: AbortSignal | undefined) =>
      processJob({ options, worker, slots }, job, { token, signal }),
    {
      connection: options.connection,
      prefix: options.prefix,
      concurrency: options.concurrency,
      lockDuration: options.lockDurationMs,
      stalledInterval: options.stalledIntervalMs,
      maxStalledCount: jobLimits.attempts,
      drainDelay: 5,
      settings: { backoffStrategy: () => RETRY_SURPRISE_MS },
    },
    (name, opts, extra) => fusedBackend(options, createRedisBackend(name, opts, extra)),
  );
  const slots = new Slots(worker, options.concurrency);
  // A job that a script just ended may still be among those to renew; a lease that is really lost aborts its step.
  worker.on("error", (error) => {
    if (!error.message.startsWith("could not renew lock")) options.onError(error);
  });
  return {
    queue: options.queue,
    isClosing: () => worker.closing !== undefined,
    isRunning: () => worker.isRunning() || slots.isFull,
    close: () => worker.close(),
  };
}

async function processJob(
  held: { readonly options: QueueWorkerOptions; readonly worker: Worker; readonly slots: Slots },
  job: Job,
  fence: { readonly token: string | undefined; readonly signal: AbortSignal | undefined },
): Promise<null> {
  const { options, worker, slots } = held;
  const lease: Lease = { id: job.id ?? "", queue: options.queue, token: fence.token ?? "" };
  const end = await options
    .process({
      lease,
      data: job.data,
      priority: job.priority,
      claim: options.handoff.takeClaim(lease.id),
      signal: fence.signal ?? new AbortController().signal,
      progress: progressOf(job, options),
      keepSlot: (until) => slots.reserve(until),
      mayFetch: () => worker.closing === undefined && !worker.isPaused(),
      waitForChildren: () => job.moveToWaitingChildren(lease.token),
    })
    .catch((error: unknown): JobEnd => {
      options.onError(error, lease);
      return { kind: "again", delayMs: RETRY_SURPRISE_MS };
    });
  if (end.kind === "parked") throw new WaitingChildrenError();
  if (end.kind === "again") await job.moveToDelayed(options.now() + end.delayMs, lease.token);
  if (end.kind !== "ended") throw new DelayedError();
  return null;
}

/** Progress is only for people to see: what comes too often or cannot be written is dropped. */
function progressOf(job: Job, { now, onError }: QueueWorkerOptions): (fraction: number) => void {
  let shownAt = Number.NEGATIVE_INFINITY;
  return (fraction) => {
    if (!(fraction >= 0 && fraction <= 1) || now() - shownAt < PROGRESS_INTERVAL_MS) return;
    shownAt = now();
    job.updateProgress(Math.round(fraction * 100)).catch((error: unknown) => onError(error));
  };
}

/** BullMQ's backend with QW1 and QW2: only `execCommand`, which every script of it goes through, is ours. */
function fusedBackend(options: QueueWorkerOptions, backend: RedisQueueBackend): RedisQueueBackend {
  const original = backend.execCommand.bind(backend);
  backend.execCommand = (client, command, args: unknown[]) => {
    if (command === "moveToActive") return fetchSlowly(options, tokenOf(args));
    if (command === "moveToFinished") {
      const end = options.handoff.takeEnd(String(args[JOB_ID_ARGUMENT]));
      // 0 is BullMQ's "done, and no next job": the lease was lost, or its end is recorded by an earlier call.
      return Promise.resolve(end ?? 0);
    }
    return original(client, command, args);
  };
  return backend;
}

/** BullMQ fetches again at once after an error: one that lasts must not become a storm. */
async function fetchSlowly(
  options: QueueWorkerOptions,
  request: { readonly token: string; readonly name?: string },
): Promise<unknown> {
  try {
    return await options.fetch({ queue: options.queue, ...request });
  } catch (error) {
    await delay(RETRY_SURPRISE_MS);
    throw error;
  }
}

/** Position of the job's id among the arguments of `moveToFinished`: behind its 14 keys. */
const JOB_ID_ARGUMENT = 14;
/** Position of the packed options of `moveToActive`: behind 11 keys, the prefix and the time. */
const FETCH_OPTIONS_ARGUMENT = 13;

function tokenOf(args: readonly unknown[]): { readonly token: string; readonly name?: string } {
  const packed = args[FETCH_OPTIONS_ARGUMENT];
  const { token, name } = Token.parse(unpackr.unpack(z.instanceof(Buffer).parse(packed)));
  return name === undefined || name === null ? { token } : { token, name };
}
