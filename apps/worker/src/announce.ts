/**
 * A worker's lease in the directory.
 *
 * AN1 at most one write to the directory is under way.
 * AN2 after `stop` nothing is announced again: the last write is the withdrawal.
 */
import type { AnnouncedAction } from "@batonrun/contract";
import type { AnnouncedWorker, WorkerDirectory } from "@batonrun/core";
import type { Action, ActionLog } from "@batonrun/core/actions";
import { repeat, withinTime } from "@batonrun/node/time";
import { z } from "zod";

export interface AnnounceOptions {
  readonly directory: WorkerDirectory;
  readonly worker: AnnouncedWorker;
  readonly log: ActionLog;
  readonly intervalMs?: number;
  readonly leaseMs?: number;
}

export interface Announcer {
  /** The last announcement reached the directory. */
  isAnnounced(): boolean;
  /** Takes the worker out of the directory; gives up when the directory does not answer, since the lease ends by itself. */
  stop(): Promise<void>;
}

const INTERVAL_MS = 5_000;
const LEASE_MS = 15_000;
const WITHDRAW_TIMEOUT_MS = 1_000;

/** Announces at once and then every 5 s, with a lease of 15 s: two announcements may be lost before the worker is. */
export function startAnnouncing(options: AnnounceOptions): Announcer {
  const { directory, worker, log, intervalMs = INTERVAL_MS, leaseMs = LEASE_MS } = options;
  let isAnnounced = false;
  let isStopped = false;

  async function announce(): Promise<void> {
    try {
      await directory.announce(worker, leaseMs);
      if (!isAnnounced) log.info("announced", { actions: worker.actions.length, capabilities: worker.capabilities });
      isAnnounced = true;
    } catch (error) {
      if (isAnnounced) log.warn("cannot announce this worker; retrying", { error });
      isAnnounced = false;
    }
  }

  const announcements = repeat(announce, { intervalMs, first: "now", onError: () => undefined });

  async function withdraw(): Promise<void> {
    await announcements.stop();
    await directory.withdraw(worker.id);
  }

  return {
    isAnnounced: () => isAnnounced && !isStopped,
    async stop() {
      isStopped = true;
      try {
        await withinTime(withdraw(), WITHDRAW_TIMEOUT_MS, "withdrawing from the worker directory");
      } catch (error) {
        log.warn("this worker is still announced until its lease expires", { error });
      }
    },
  };
}

/** What the directory says of an action. A schema that JSON Schema cannot express is left out: the worker still checks it. */
export function announcedAction(action: Action): AnnouncedAction {
  const input = jsonSchema(action.input, "input");
  const output = jsonSchema(action.output, "output");
  return {
    name: action.name,
    capability: action.capability,
    effects: action.effects,
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
  };
}

function jsonSchema(schema: z.ZodType | undefined, io: "input" | "output"): unknown {
  if (schema === undefined) return undefined;
  try {
    return z.toJSONSchema(schema, { io, unrepresentable: "any" });
  } catch {
    // A schema of another zod, or one that refers to itself in a way that has no finite form.
    return undefined;
  }
}
