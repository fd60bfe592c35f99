import { STEP_ID_PATTERN, tryDurationMs, WorkflowName } from "@batonrun/contract";
import semver from "semver";
import { z } from "zod";

/** The format's name: the value of `apiVersion`. */
export const API_VERSION = "baton/v1";

/** Every default of the language. */
export const defaults = {
  timeout: "1h",
  maxParallel: 10,
  stepTimeout: "5m",
  onError: "fail",
  effects: "external",
  priority: 0,
  minSuccess: 1,
  /** What a `retry` that names only some of its keys means. A step without any `retry` has one attempt. */
  retry: {
    attempts: 3,
    backoff: "exponential",
    delay: "1s",
    maxDelay: "1m",
    jitter: 0.5,
    except: [],
    timeoutFactor: 1,
  },
} as const;

const Duration = z
  .string()
  .refine((text) => tryDurationMs(text) !== null, {
    error: "must be a duration such as 500ms, 30s, 5m, 1h, or 7d, of at most ten years",
    params: { problem: "bad_duration" },
  })
  .meta({ pattern: "^[1-9][0-9]*(ms|s|m|h|d)$" });

const Name = z.string().min(1).max(200);
const Description = z.string().max(4_000);
const Tag = z.string().min(1).max(64);
const Tags = z.array(Tag).max(10);

/** CEL. YAML reads `if: true` as a boolean, so both are taken. */
const Condition = z
  .union([z.string().min(1), z.boolean()], { error: "must be a CEL expression that returns true or false" })
  .transform(String)
  .describe("CEL expression that returns true or false");

/** Any JSON. In `with` and the workflow's `output`, strings in it may hold {{ templates }}. */
const Json = z.json();

const JsonSchema = z.record(z.string(), Json).describe("A JSON Schema (draft 2020-12)");

const Parallelism = z.number().int().min(1).max(10_000);

/** `retry`: attempts are the total, the first one included. */
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

/** The keys that every step may have. */
const BaseStep = z.strictObject({
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

const StepKey = z.string().regex(STEP_ID_PATTERN);

const ActionStep = BaseStep.extend({
  type: z.literal("action").default("action"),
  action: z
    .string()
    .regex(/^[a-z][a-zA-Z0-9_-]*(\.[a-zA-Z0-9_-]+)*$/, "must be an action name such as text.extract")
    .max(128),
  with: Json.default({}),
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

const ParallelStep = BaseStep.extend({
  type: z.literal("parallel"),
  maxParallel: Parallelism.exactOptional(),
  minSuccess: z.number().min(0).max(1).default(defaults.minSuccess),
  get steps() {
    return Steps;
  },
});

const MapStep = BaseStep.extend({
  type: z.literal("map"),
  over: z
    .union([z.string().min(1), z.array(Json)], { error: "must be a list, or a CEL expression that returns a list" })
    .describe("A list, or a CEL expression that returns a list"),
  maxParallel: Parallelism.exactOptional(),
  minSuccess: z.number().min(0).max(1).default(defaults.minSuccess),
  get step() {
    return z.exactOptional(Step);
  },
  get steps() {
    return z.exactOptional(Steps);
  },
});

const Case = z.strictObject({
  if: Condition,
  get steps() {
    return Steps;
  },
});

const Else = z.strictObject({
  get steps() {
    return Steps;
  },
});

const ConditionalStep = BaseStep.extend({
  type: z.literal("conditional"),
  get cases() {
    return z.array(Case).min(1).max(100);
  },
  get else() {
    return z.exactOptional(Else);
  },
});

export const Step = z.discriminatedUnion("type", [ActionStep, ParallelStep, MapStep, ConditionalStep]);
const Steps = z.record(StepKey, Step).superRefine((steps, context) => {
  const entries = Object.entries(steps);
  if (entries.length === 0) context.addIssue({ code: "custom", message: "must have at least one step" });
  for (const [id, step] of entries) requireOneBody({ step, path: [id] }, context);
});

/** The whole language. What it lets through is normalized: defaults stand in it. */
export const WorkflowDefinition = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  name: WorkflowName,
  version: z
    .string()
    .max(64)
    .refine((text) => semver.valid(text) === text, "must be a version such as 1.0.0 (semver)"),
  description: Description.exactOptional(),
  tags: Tags.default([]),
  compliance: z.array(Tag).max(20).default([]).describe("Flags that are copied to every event of a run"),
  input: JsonSchema.exactOptional().describe("JSON Schema of the run's input"),
  vars: z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "must be a valid CEL identifier"), Json).default({}),
  timeout: Duration.default(defaults.timeout),
  maxParallel: Parallelism.default(defaults.maxParallel).describe(
    "Maximum number of steps of a run that execute at the same time",
  ),
  retry: Retry.exactOptional().describe("Default retry policy of the workflow's steps"),
  steps: Steps,
  output: Json.exactOptional().describe(
    "Template of the run's output (default: the results of all steps that no other step depends on)",
  ),
});

/** Stands here and not at MapStep: a recursive object that is refined can no longer be inferred. */
function requireOneBody(
  { step, path }: { readonly step: z.output<typeof Step>; readonly path: (string | number)[] },
  context: z.RefinementCtx,
): void {
  if (step.type !== "map") return;
  if ((step.step === undefined) === (step.steps === undefined))
    context.addIssue({ code: "custom", path, message: "a map must have either `step` or `steps`" });
  if (step.step !== undefined) requireOneBody({ step: step.step, path: [...path, "step"] }, context);
}

export type WorkflowDefinition = DeepReadonly<z.output<typeof WorkflowDefinition>>;
export type Step = DeepReadonly<z.output<typeof Step>>;
export type ActionStep = DeepReadonly<z.output<typeof ActionStep>>;
export type ParallelStep = DeepReadonly<z.output<typeof ParallelStep>>;
export type MapStep = DeepReadonly<z.output<typeof MapStep>>;
export type ConditionalStep = DeepReadonly<z.output<typeof ConditionalStep>>;
export type ContainerStep = ParallelStep | MapStep | ConditionalStep;
export type StepKind = Step["type"];
/** Any value that JSON can hold. */
export type Json = DeepReadonly<z.output<typeof Json>>;

/** The parts of the language that the published JSON Schema names. */
export const namedParts = { Json, Duration, Retry, Step, Steps };

/** What an author may leave out is optional here: the form before normalization. */
export type WorkflowSource = DeepReadonly<z.input<typeof WorkflowDefinition>>;
export type StepSource = DeepReadonly<z.input<typeof Step>>;

type DeepReadonly<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly DeepReadonly<Item>[]
    : { readonly [Key in keyof T]: DeepReadonly<T[Key]> };
