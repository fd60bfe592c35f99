import * as z from "zod";
import { tryDurationMs } from "../duration.js";
import { ProblemDocument } from "../problem-document.js";
import { RunLinks } from "./run.js";

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
  tags: z.array(z.string().min(1).max(64)).max(10).readonly().default([]),
  priority: z.number().int().min(0).max(100).default(0).meta({ description: "0 runs first, 100 last (default 0)" }),
  delay: Delay.optional(),
});

/** What `POST /v1/runs` takes. */
export const RunRequest = runRequest.refine(hasOneSource, needsOneSource).meta({ id: "RunRequest" });
export type RunRequest = z.infer<typeof RunRequest>;
/** The same as a client writes it: what has a default can be left out. */
export type SubmittedRun = z.input<typeof RunRequest>;

/** One submission of a batch. */
export const BatchItem = runRequest
  .extend({ idempotencyKey: IdempotencyKey.optional() })
  .refine(hasOneSource, needsOneSource)
  .meta({ id: "BatchItem" });
export type BatchItem = z.infer<typeof BatchItem>;

export const MAX_BATCH = 1_000;

/** Each item is parsed by itself, so that one wrong item does not refuse the others. */
export const BatchRequest = z.strictObject({ runs: z.array(z.unknown()).min(1).max(MAX_BATCH) });

const BatchItemOutcome = z.object({
  index: z.number().int(),
  status: z.number().int().meta({ description: "The HTTP status that this item would have had as a single request" }),
});

const BatchResultItem = z.union([
  BatchItemOutcome.extend({ run: z.object({ id: z.string(), replayed: z.boolean(), links: RunLinks }) }),
  BatchItemOutcome.extend({ problem: ProblemDocument }),
]);
export type BatchResultItem = z.infer<typeof BatchResultItem>;

/** What a batch answers: a run or a problem per submission. */
export const BatchResult = z
  .object({ accepted: z.number().int(), refused: z.number().int(), items: z.array(BatchResultItem) })
  .meta({ id: "BatchResult", description: "One result per item, in request order" });

export const CancelRequest = z
  .strictObject({ reason: z.string().min(1).max(500).optional() })
  .meta({ id: "CancelRequest" });

function hasOneSource(request: { readonly workflow?: unknown; readonly definition?: unknown }): boolean {
  return (request.workflow === undefined) !== (request.definition === undefined);
}
