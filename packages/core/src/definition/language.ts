import { WorkflowName } from "@batonrun/contract";
import semver from "semver";
import { z } from "zod";
import { defaults } from "./defaults.js";
import {
  type DeepReadonly,
  Description,
  Duration,
  Json,
  JsonSchema,
  type NestedSchemas,
  Parallelism,
  Retry,
  type Step,
  StepKey,
  type Steps,
  type StepsSource,
  Tag,
  Tags,
} from "./step.js";

/** The format's name: the value of `apiVersion`. */
export const API_VERSION = "baton/v1";

/**
 * Where a kind's steps contain other steps, as a path below the step. `*` is any index.
 * @example { path: ["cases", "*", "steps"], holds: "steps" } // a scope of named steps in each case
 * @example { path: ["step"], holds: "step" } // one step without an id
 */
export interface NestedPath {
  readonly path: readonly string[];
  readonly holds: "step" | "steps";
}

/** What the format needs to know about a step kind. The rest of the kind is in `kinds/`. */
export interface KindSyntax {
  /** The kind's keys, with `type` as a literal of the kind's name. */
  schema(nested: NestedSchemas): z.ZodObject;
  readonly nested: readonly NestedPath[];
  /** Keys of this kind that belong to the format but are not supported yet. */
  readonly notYet: readonly string[];
}

/** The workflow format for a given table of step kinds. */
export interface Language<Kind extends KindSyntax = KindSyntax> {
  readonly kinds: Readonly<Record<string, Kind>>;
  /** The kind of a step without a `type`. */
  readonly defaultKind: string;
  /** Parses and normalizes: every default is written out in the result. */
  readonly workflow: z.ZodType<WorkflowDefinition, WorkflowSource>;
  /** The named parts of the published JSON Schema. */
  readonly parts: Readonly<Record<string, z.ZodType>>;
}

/** Builds the format from a table of kinds. The kind whose `type` has a default is used for steps without a `type`. */
export function createLanguage<Kind extends KindSyntax>(kinds: Readonly<Record<string, Kind>>): Language<Kind> {
  const nested: NestedSchemas = {
    get step() {
      return step;
    },
    get steps() {
      return steps;
    },
  };
  const schemas = Object.entries(kinds).map(([name, kind]) => ({ name, schema: kind.schema(nested) }));
  const step = stepSchema(schemas.map(({ schema }) => schema));
  const steps: NestedSchemas["steps"] = z.record(StepKey, step).superRefine((entries, context) => {
    if (Object.keys(entries).length === 0) context.addIssue({ code: "custom", message: "must have at least one step" });
  });
  const unnamed = schemas.find(({ schema }) => schema.shape["type"] instanceof z.ZodDefault);
  return {
    kinds,
    defaultKind: unnamed?.name ?? "",
    workflow: workflowSchema(steps),
    parts: { Json, Duration, Retry, Step: step, Steps: steps },
  };
}

function stepSchema(schemas: readonly z.ZodObject[]): NestedSchemas["step"] {
  const [first, ...rest] = schemas;
  if (first === undefined) throw new TypeError("a language needs at least one kind of step");
  // Each kind's schema extends BaseStep and declares its `type`, which the type of an open table cannot express.
  return z.discriminatedUnion("type", [first, ...rest]) as unknown as NestedSchemas["step"];
}

function workflowSchema(steps: NestedSchemas["steps"]) {
  return z.strictObject({
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
    steps,
    output: Json.exactOptional().describe(
      "Template of the run's output (default: the results of all steps that no other step depends on)",
    ),
  });
}

type WorkflowSchema = ReturnType<typeof workflowSchema>;
export type WorkflowDefinition = Omit<DeepReadonly<z.output<WorkflowSchema>>, "steps"> & { readonly steps: Steps };

/** The form before normalization: keys with a default are optional. */
export type WorkflowSource = Omit<DeepReadonly<z.input<WorkflowSchema>>, "steps"> & { readonly steps: StepsSource };

/** The kind of a parsed step. */
export function kindOf<Kind extends KindSyntax>({ kinds }: Language<Kind>, { type }: Pick<Step, "type">): Kind {
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (kind === undefined) throw new RangeError(`no kind of step is called "${type}"`);
  return kind;
}
