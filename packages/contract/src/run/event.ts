import * as z from "zod";
import { pageOf } from "../page.js";

/** Every event of a run's audit log, with the sentence that the reference prints. */
export const eventCatalog = {
  run_scheduled: "The run was accepted and will start after its delay.",
  run_started: "The run left `initializing`; its first steps are scheduled.",
  run_closing: "The run is closing: no new step starts. `data.closing` is the reason.",
  run_completed: "Every step has ended, and none of them failed the run.",
  run_failed: "A top-level step failed, or the run's output could not be evaluated.",
  run_cancelled: "The run was cancelled and no step is running.",
  run_timed_out: "The run's deadline passed and no step is running.",
  step_started: "A worker claimed an attempt of the step.",
  step_entered:
    "A container was entered: `data.total` is its number of items or branches, `data.case` the chosen case.",
  step_completed: "The step's result is recorded.",
  step_failed: "The step's failure is recorded; no attempts remain.",
  step_skipped: "The step will not run. `data.reason` is the reason.",
  step_cancelled: "The step was aborted because its run is closing.",
  step_retrying: "An attempt failed. The next one is due in `data.delayMs` milliseconds.",
  step_sla_breached: "The step exceeded its `sla` of `data.slaMs` milliseconds. It keeps running.",
  step_crashed: "The worker running the step disappeared, and another worker claimed the step.",
  step_handed_back:
    "A worker returned the step to its queue without an attempt, because it cannot run it or is shutting down.",
  step_requeued: "The step's job was lost. The step was queued again under the next generation.",
} as const satisfies Record<string, string>;

type EventName = keyof typeof eventCatalog;
export const EventType = z.enum(Object.keys(eventCatalog) as [EventName, ...EventName[]]); // the table is not empty
export type EventType = z.infer<typeof EventType>;

/** One entry of a run's audit log. `seq` begins at 1 and has no gaps; `data` holds no payloads. */
export const RunEvent = z
  .object({
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
  })
  .meta({
    id: "RunEvent",
    description: "One entry of the run's audit log; `seq` has no gaps",
    example: {
      seq: 3,
      type: "step_completed",
      at: "2026-11-21T08:30:00.120Z",
      step: "extract",
      generation: 0,
      attempt: 1,
    },
  });
export type RunEvent = z.infer<typeof RunEvent>;

export const EventPage = pageOf(RunEvent).meta({ id: "RunEventList" });
