import * as z from "zod";
import type { OneOf } from "../one-of.js";
import { pageOf } from "../page.js";
import { SerializedError } from "../serialized-error.js";
import { exampleStep, StepView } from "./step.js";

export const RunStatus = z.enum([
  "initializing",
  "running",
  "waiting",
  "waiting_approval",
  "paused",
  "rolling_back",
  "completed",
  "failed",
  "cancelled",
  "timed_out",
  "rolled_back",
  "rollback_failed",
]);
export type RunStatus = z.infer<typeof RunStatus>;

/** Why a run is ending. Written once; the first wins. */
export const Closing = z.enum(["failed", "cancelled", "timed_out"]);
export type Closing = z.infer<typeof Closing>;

export const EXAMPLE_RUN_ID = "01JDK7ZB5TXQ8M4W2Y9V6R3HNC";

const exampleSummary = {
  id: EXAMPLE_RUN_ID,
  workflow: "document-analysis",
  version: "1.0.0",
  status: "running",
  tags: ["documents"],
  priority: 0,
  createdAt: "2026-11-21T08:30:00.000Z",
  startedAt: "2026-11-21T08:30:00.004Z",
  deadlineAt: "2026-11-21T09:30:00.000Z",
} as const;

const Summary = z.object({
  id: z.string(),
  workflow: z.string(),
  version: z.string(),
  tags: z.array(z.string()),
  priority: z.number().int(),
  createdAt: z.iso.datetime(),
  deadlineAt: z.iso.datetime(),
});

const Initializing = Summary.extend({ status: z.literal("initializing"), closing: Closing.optional() });
const Open = Summary.extend({
  status: z.enum(["running", "waiting", "waiting_approval", "paused", "rolling_back"]),
  closing: Closing.optional(),
  startedAt: z.iso.datetime(),
});
/** A run can end before it starts: then it has no duration. */
const Ended = Summary.extend({
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime(),
  durationMs: z.number().optional(),
});
const Completed = Ended.extend({
  status: z.literal("completed"),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
});
const Failed = Ended.extend({ status: z.literal("failed"), closing: z.literal("failed").optional() });
const Cancelled = Ended.extend({ status: z.literal("cancelled"), closing: z.literal("cancelled") });
const TimedOut = Ended.extend({ status: z.literal("timed_out"), closing: z.literal("timed_out") });
const RolledBack = Ended.extend({ status: z.enum(["rolled_back", "rollback_failed"]), closing: Closing.optional() });

/** A run in a list. */
export const RunSummary = z
  .discriminatedUnion("status", [Initializing, Open, Completed, Failed, Cancelled, TimedOut, RolledBack])
  .meta({ id: "RunSummary", description: "A run in a list", example: exampleSummary });
export type RunSummary = OneOf<z.infer<typeof RunSummary>>;

const whole = {
  definitionHash: z.string(),
  input: z.unknown(),
  /** True when results were left out because all together pass 1 MB. */
  resultOmitted: z.literal(true).optional(),
  steps: z.array(StepView),
};
/** Absent where a step failed the run: that step has the error. */
const error = SerializedError.optional();

/** A run with every declared step, in declaration order. */
export const RunView = z
  .discriminatedUnion("status", [
    Initializing.extend(whole),
    Open.extend(whole),
    Completed.extend({ ...whole, output: z.unknown() }),
    Failed.extend({ ...whole, error }),
    Cancelled.extend(whole),
    TimedOut.extend(whole),
    RolledBack.extend({ ...whole, error }),
  ])
  .meta({
    id: "Run",
    description: "A run with every declared step, in declaration order",
    example: {
      ...exampleSummary,
      definitionHash: "0".repeat(64),
      input: { document: "report.pdf" },
      steps: [exampleStep],
    },
  });
export type RunView = WithSteps<OneOf<z.infer<typeof RunView>>>;

/** The steps as `StepView` has them, so that each of them can be read by every key. */
type WithSteps<View> = View extends unknown ? Omit<View, "steps"> & { steps: StepView[] } : never;

export const RunPage = pageOf(RunSummary).meta({ id: "RunList" });

/** Where to read more of a run. */
export const RunLinks = z.object({
  self: z.string(),
  events: z.string(),
  steps: z.string(),
  graph: z.string(),
  cancel: z.string(),
});
export type RunLinks = z.infer<typeof RunLinks>;

export function runLinks(id: string): RunLinks {
  const self = `/v1/runs/${id}`;
  return {
    self,
    events: `${self}/events`,
    steps: `${self}/steps`,
    graph: `${self}/graph`,
    cancel: `${self}/cancel`,
  };
}

const linked = { links: RunLinks };

/** What a submission answers: the run is durable. */
export const AcceptedRun = z
  .discriminatedUnion("status", [
    Initializing.extend(linked),
    Open.extend(linked),
    Completed.extend(linked),
    Failed.extend(linked),
    Cancelled.extend(linked),
    TimedOut.extend(linked),
    RolledBack.extend(linked),
  ])
  .meta({
    id: "AcceptedRun",
    description: "An accepted run",
    example: { ...exampleSummary, links: runLinks(EXAMPLE_RUN_ID) },
  });
export type AcceptedRun = OneOf<z.infer<typeof AcceptedRun>>;

/** What a cancellation answers. `closing` is why the run is ending: another reason than `cancelled` if that came first. */
export const CancelledRun = z
  .object({ id: z.string(), status: RunStatus, closing: Closing, links: RunLinks })
  .meta({ id: "CancelledRun", description: "The run is closing: running steps are aborted and no new step starts" });
export type CancelledRun = z.infer<typeof CancelledRun>;
