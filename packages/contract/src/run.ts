import * as z from "zod";
import { pageOf } from "./page.js";
import { SerializedError } from "./serialized-error.js";
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

/** A run in a list. */
export const RunSummary = z
  .object({
    id: z.string(),
    workflow: z.string(),
    version: z.string(),
    status: RunStatus,
    closing: Closing.optional(),
    tags: z.array(z.string()),
    priority: z.number().int(),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().optional(),
    endedAt: z.iso.datetime().optional(),
    deadlineAt: z.iso.datetime(),
    durationMs: z.number().optional(),
  })
  .meta({ id: "RunSummary", description: "A run in a list", example: exampleSummary });
export type RunSummary = z.infer<typeof RunSummary>;

/** A run, with every declared step in order of declaration. */
export const RunView = RunSummary.extend({
  definitionHash: z.string(),
  input: z.unknown(),
  output: z.unknown().optional(),
  error: SerializedError.optional(),
  /** True when results were left out because all together pass 1 MB. */
  resultOmitted: z.boolean().optional(),
  steps: z.array(StepView),
}).meta({
  id: "Run",
  description: "A run with every declared step, in declaration order",
  example: {
    ...exampleSummary,
    definitionHash: "0".repeat(64),
    input: { document: "report.pdf" },
    steps: [exampleStep],
  },
});
export type RunView = z.infer<typeof RunView>;

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

/** What a submission answers: the run is durable. */
export const AcceptedRun = RunSummary.extend({ links: RunLinks }).meta({
  id: "AcceptedRun",
  description: "An accepted run",
  example: { ...exampleSummary, links: runLinks(EXAMPLE_RUN_ID) },
});
export type AcceptedRun = z.infer<typeof AcceptedRun>;

/** What a cancellation answers. `closing` is why the run is ending: another reason than `cancelled` if that came first. */
export const CancelledRun = z
  .object({ id: z.string(), status: RunStatus, closing: Closing, links: RunLinks })
  .meta({ id: "CancelledRun", description: "The run is closing: running steps are aborted and no new step starts" });
export type CancelledRun = z.infer<typeof CancelledRun>;
