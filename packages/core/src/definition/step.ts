import { STEP_ID_PATTERN, tryDurationMs } from "@batonrun/contract";
import { z } from "zod";
import { defaults } from "./defaults.js";

export const Duration = z
  .string()
  .refine((text) => tryDurationMs(text) !== null, {
    error: "must be a duration such as 500ms, 30s, 5m, 1h, or 7d, of at most ten years",
    params: { problem: "bad_duration" },
  })
  .meta({ pattern: "^[1-9][0-9]*(ms|s|m|h|d)$" });

const Name = z.string().min(1).max(200);
export const Description = z.string().max(4_000);
export const Tag = z.string().min(1).max(64);
export const Tags = z.array(Tag).max(10);

/** A CEL expression or a boolean, because YAML reads `if: true` as a boolean. */
export const Condition = z
  .union([z.string().min(1), z.boolean()], { error: "must be a CEL expression that returns true or false" })
  .transform(String)
  .describe("CEL expression that returns true or false");

/** Any JSON. In `with` and the workflow's `output`, strings can contain {{ templates }}. */
export const Json = z.json();
/** Any value that JSON can represent. */
export type Json = DeepReadonly<z.output<typeof Json>>;

export const JsonSchema = z.record(z.string(), Json).describe("A JSON Schema (draft 2020-12)");

export const Parallelism = z.number().int().min(1).max(10_000);
export const SuccessRate = z.number().min(0).max(1);

/** `retry`: `attempts` is the total number, including the first. */
export const Retry = z.strictObject({
  attempts: z.number().int().min(1).max(100).exactOptional(),
  backoff: z.enum(["exponential", "fixed"]).exactOptional(),
  delay: Duration.exactOptional(),
  maxDelay: Duration.exactOptional(),
  jitter: z.number().min(0).max(1).exactOptional(),
  except: z.array(z.string().min(1)).max(50).exactOptional().describe("Error types that are not retried"),
  timeoutFactor: z.number().min(1).max(10).exactOptional().describe("Multiplies the timeout with every attempt"),
});
export type Retry = DeepReadonly<z.output<typeof Retry>>;

/** The keys of every step. */
export const BaseStep = z.strictObject({
  name: Name.exactOptional(),
  description: Description.exactOptional(),
  needs: z
    .array(z.string())
    .default([])
    .describe("Steps that must end first, in addition to those that the step references"),
  if: Condition.exactOptional().describe("CEL condition; the step is skipped if it is false"),
  output: z
    .record(z.string(), z.string().min(1))
    .exactOptional()
    .describe("Map from name to CEL expression over `result`; replaces the result"),
  priority: z.number().int().min(0).max(100).default(defaults.priority).describe("0 first, 100 last"),
  onError: z.enum(["fail", "continue"]).default(defaults.onError),
  outputSchema: JsonSchema.exactOptional(),
  tags: Tags.default([]),
});

/** The additional keys of steps that a worker runs: attempts, time, and queues. */
export const LeafStep = BaseStep.extend({
  timeout: Duration.default(defaults.stepTimeout),
  queue: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/, "must be at most 64 lowercase letters, digits, and dashes")
    .exactOptional()
    .describe("Queue that the step is sent to (default: the action's capability)"),
  retry: Retry.exactOptional(),
  sla: z
    .strictObject({ duration: Duration })
    .exactOptional()
    .describe(
      "Expected maximum time for all attempts together; a breach appends an event and counts in a metric, and the step continues",
    ),
  effects: z.enum(["none", "idempotent", "external"]).default(defaults.effects),
});

export const StepKey = z.string().regex(STEP_ID_PATTERN);

type LeafKeys = Omit<z.output<typeof LeafStep>, keyof z.output<typeof BaseStep>>;

/** A normalized step of any kind, with the common keys. The kind in the table for its `type` defines the rest. */
export type Step = DeepReadonly<z.output<typeof BaseStep> & Partial<LeafKeys>> & { readonly type: string };

/** The steps of one scope by id, in declaration order. */
export type Steps = Readonly<Record<string, Step>>;

/** A step as an author can write it: keys with a default are optional. */
export type StepSource = DeepReadonly<z.input<typeof BaseStep>> & { readonly type?: string | undefined };

export type StepsSource = Readonly<Record<string, StepSource>>;

/** The schemas of nested steps. Used behind getters, because a step can contain steps of its own kind. */
export interface NestedSchemas {
  readonly step: z.ZodType<Step, StepSource>;
  readonly steps: z.ZodType<Steps, StepsSource>;
}

export type DeepReadonly<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly DeepReadonly<Item>[]
    : { readonly [Key in keyof T]: DeepReadonly<T[Key]> };
