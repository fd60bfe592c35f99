import {
  Closing,
  RunEvent,
  RunId,
  RunStatus,
  RunSummary,
  RunView,
  StepStatus,
  StepView,
  tryDurationMs,
} from "@batonrun/core";
import { z } from "zod";
import { Problem } from "../http/problem.js";
import { listOf, PageQuery } from "./list.js";

const EXAMPLE_RUN_ID = "01JDK7ZB5TXQ8M4W2Y9V6R3HNC";

export const RunParams = z.object({ id: RunId.meta({ description: "The run's id", example: EXAMPLE_RUN_ID }) });

const Links = z.object({
  self: z.string(),
  events: z.string(),
  steps: z.string(),
  graph: z.string(),
  cancel: z.string(),
});

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
};

const exampleStep = {
  id: "extract",
  type: "action",
  action: "text.extract",
  status: "completed",
  generation: 0,
  attempts: 1,
  queuedAt: "2026-11-21T08:30:00.004Z",
  startedAt: "2026-11-21T08:30:00.006Z",
  endedAt: "2026-11-21T08:30:00.120Z",
  durationMs: 114,
  degraded: false,
  result: { text: "…", pages: 12 },
};

export const Step = StepView.meta({ id: "Step", description: "A step instance", example: exampleStep });

const RunListItem = RunSummary.meta({
  id: "RunSummary",
  description: "A run in a list",
  example: exampleSummary,
});

export const Run = RunView.extend({ steps: z.array(Step) }).meta({
  id: "Run",
  description: "A run with every declared step, in declaration order",
  example: {
    ...exampleSummary,
    definitionHash: "0".repeat(64),
    input: { document: "report.pdf" },
    steps: [exampleStep],
  },
});

export const AcceptedRun = RunSummary.extend({ links: Links }).meta({
  id: "AcceptedRun",
  description: "An accepted run",
  example: { ...exampleSummary, links: runLinks(EXAMPLE_RUN_ID) },
});

const Event = RunEvent.meta({
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

export const RunList = listOf(RunListItem).meta({ id: "RunList" });
export const StepList = listOf(Step).meta({ id: "StepList" });
export const EventList = listOf(Event).meta({ id: "RunEventList" });

/** What is written of an idempotency key, in the header and in a batch. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters")
  .meta({ description: "The same key with the same body returns the same run", example: "order-4711" });

const Delay = z
  .string()
  .refine((text) => tryDurationMs(text) !== null, "must be a duration such as 500ms, 30s, 5m, 1h, or 7d")
  .meta({ description: "How long to wait before the run starts", example: "30s" });

const needsOneSource = { error: "needs either `workflow` or `definition`, not both" };

const runRequest = z.strictObject({
  workflow: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}(@[0-9][0-9A-Za-z.+-]{0,63})?$/, "must be a name, or name@1.0.0")
    .optional()
    .meta({
      description: "A registered workflow; the newest version unless one is given",
      example: "document-analysis@1.0.0",
    }),
  definition: z
    .union([z.record(z.string(), z.unknown()), z.string().min(1)])
    .optional()
    .meta({
      description: "Instead of `workflow`: an inline definition for this run only, as an object or as YAML text",
    }),
  input: z.unknown().optional().meta({ description: "Validated against the workflow's `input` schema (default {})" }),
  tags: z.array(z.string().min(1).max(64)).max(10).default([]),
  priority: z.number().int().min(0).max(100).default(0).meta({ description: "0 runs first, 100 last (default 0)" }),
  delay: Delay.optional(),
});

export const RunRequest = runRequest.refine(hasOneSource, needsOneSource).meta({ id: "RunRequest" });
export type RunRequest = z.infer<typeof RunRequest>;

export const BatchItem = runRequest
  .extend({ idempotencyKey: IdempotencyKey.optional() })
  .refine(hasOneSource, needsOneSource)
  .meta({ id: "BatchItem" });
export type BatchItem = z.infer<typeof BatchItem>;

export const MAX_BATCH = 1_000;

/** Each item is parsed by itself, so that one wrong item does not refuse the others. */
export const BatchRequest = z.strictObject({ runs: z.array(z.unknown()).min(1).max(MAX_BATCH) });

export const BatchResult = z
  .object({
    accepted: z.number().int(),
    refused: z.number().int(),
    items: z.array(
      z.object({
        index: z.number().int(),
        status: z
          .number()
          .int()
          .meta({ description: "The HTTP status that this item would have had as a single request" }),
        run: z.object({ id: z.string(), replayed: z.boolean(), links: Links }).optional(),
        problem: Problem.optional(),
      }),
    ),
  })
  .meta({ id: "BatchResult", description: "One result per item, in request order" });

export const ListRunsQuery = PageQuery.extend({
  workflow: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .meta({ description: "Only runs of this workflow", example: "document-analysis" }),
  status: RunStatus.optional().meta({ description: "Only items with this status" }),
  tag: z.string().min(1).max(64).optional().meta({ description: "Only runs with this tag" }),
  after: instant("Only runs created after this time"),
  before: instant("Only runs created before this time"),
});

export const ListStepsQuery = PageQuery.extend({
  parent: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .meta({ description: "Only instances of this container", example: "chunks" }),
  status: StepStatus.optional().meta({ description: "Only items with this status" }),
});

export const CancelRequest = z
  .strictObject({ reason: z.string().min(1).max(500).optional() })
  .meta({ id: "CancelRequest" });

export const CancelledRun = z
  .object({ id: z.string(), status: RunStatus, closing: Closing, links: Links })
  .meta({ id: "CancelledRun", description: "The run is closing: running steps are aborted and no new step starts" });

export function runLinks(id: string): z.infer<typeof Links> {
  const self = `/v1/runs/${id}`;
  return {
    self,
    events: `${self}/events`,
    steps: `${self}/steps`,
    graph: `${self}/graph`,
    cancel: `${self}/cancel`,
  };
}

function hasOneSource(request: { readonly workflow?: unknown; readonly definition?: unknown }): boolean {
  return (request.workflow === undefined) !== (request.definition === undefined);
}

function instant(description: string) {
  return z.iso
    .datetime({ offset: true, error: "must be a time such as 2026-11-21T08:30:00Z" })
    .optional()
    .transform((text) => (text === undefined ? undefined : Date.parse(text)))
    .meta({ description, type: "string", format: "date-time" });
}
