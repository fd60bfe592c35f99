import { z } from "zod";

/** Every event of a run's audit log, with the sentence that the reference prints. */
export const eventCatalog = {
  run_scheduled: "The run was accepted and starts after its delay.",
  run_started: "The run left `initializing`; its first steps are scheduled.",
  run_closing: "The run is ending: `data.closing` tells why; nothing new starts.",
  run_completed: "Every step is settled and none failed the run.",
  run_failed: "A step of the top scope failed, or the run's output could not be made.",
  run_cancelled: "The run was cancelled and nothing is at work any more.",
  run_timed_out: "The run's deadline passed and nothing is at work any more.",
  step_started: "An attempt of the step was claimed by a worker.",
  step_entered: "A container decided what runs: `data.total` items or branches, or `data.case`.",
  step_completed: "The step's result is recorded.",
  step_failed: "The step's failure is recorded; no attempt is left.",
  step_skipped: "The step does not run; `data.reason` tells why.",
  step_cancelled: "The step was aborted because its run is closing.",
  step_retrying: "An attempt failed; the next one is due `data.delayMs` later.",
  step_sla_breached: "The step took longer than its `sla`, `data.slaMs`; it goes on.",
  step_crashed: "The worker that held the step vanished; another one claims it.",
  step_handed_back: "A worker gave the step back without an attempt: it cannot run it, or it is stopping.",
  step_requeued: "The step's job had vanished; it was queued again under the next generation.",
} as const satisfies Record<string, string>;

type EventName = keyof typeof eventCatalog;
export const EventType = z.enum(Object.keys(eventCatalog) as [EventName, ...EventName[]]); // the table is not empty
export type EventType = z.infer<typeof EventType>;

/** One entry of a run's audit log. `seq` begins at 1 and has no gaps; `data` holds no payloads. */
export const RunEvent = z.object({
  seq: z.number().int().positive(),
  type: EventType,
  at: z.iso.datetime(),
  step: z.string().optional(),
  generation: z.number().int().nonnegative().optional(),
  attempt: z.number().int().nonnegative().optional(),
  actor: z.string().optional(),
  data: z.unknown().optional(),
  /** The workflow's `compliance` flags, when it has any. */
  compliance: z.array(z.string()).optional(),
});
export type RunEvent = z.infer<typeof RunEvent>;
