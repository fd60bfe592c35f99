import type { z } from "zod";

/** Where an action writes its log lines. The worker adds run and step ids. */
export interface ActionLog {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What an action receives for one attempt. */
export interface ActionContext<Input> {
  /** The step's evaluated `with`, parsed with the action's input schema. */
  readonly input: Input;
  /** Aborted at the step's timeout, when the run is cancelled, and when the worker stops. */
  readonly signal: AbortSignal;
  readonly log: ActionLog;
  /** Reports progress, 0 to 1. */
  readonly progress: (fraction: number) => void;
  /** The same for all attempts of the step. Pass it to the systems that the action calls. */
  readonly idempotencyKey: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** All secrets of this worker by name: `BATON_SECRET_API_TOKEN` is `secrets.API_TOKEN`. */
  readonly secrets: Readonly<Record<string, string>>;
}

export type Effects = "none" | "idempotent" | "external";

/** An action in a worker: plain data in and out, whatever its schemas are. */
export interface Action {
  readonly name: string;
  readonly capability: string;
  readonly effects: Effects;
  readonly input?: z.ZodType;
  readonly output?: z.ZodType;
  run(context: ActionContext<unknown>): Promise<unknown>;
}

export interface ActionOptions<Input extends z.ZodType, Output extends z.ZodType> {
  /** Dotted lowercase name: `text.extract`. */
  readonly name: string;
  /** The queue of its steps. A worker consumes the queues of its capabilities. */
  readonly capability: string;
  readonly effects?: Effects;
  readonly input: Input;
  readonly output: Output;
  run(context: ActionContext<z.output<Input>>): Promise<z.input<Output>> | z.input<Output>;
}

/**
 * Thrown by an action to control how its failure is handled. Any other error has type `action` and is retried.
 * @example throw new ActionError("the document has 0 pages", { type: "empty_document", retryable: false });
 */
export class ActionError extends Error {
  readonly type: string;
  readonly retryable: boolean;
  readonly details: unknown;

  constructor(
    message: string,
    options: {
      readonly type?: string;
      readonly retryable?: boolean;
      readonly details?: unknown;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ActionError";
    this.type = options.type ?? "action";
    this.retryable = options.retryable ?? true;
    this.details = options.details;
  }
}

/**
 * Declares an action. `input` parses its `with` before `run`, and `output` parses its result after. A mismatch in
 * either fails the step with type `validation`, which is not retried.
 * @example export const double = defineAction({ name: "math.double", capability: "math", effects: "none",
 *   input: z.object({ n: z.number() }), output: z.number(), run: ({ input }) => input.n * 2 });
 */
export function defineAction<Input extends z.ZodType, Output extends z.ZodType>(
  options: ActionOptions<Input, Output>,
): Action {
  return {
    name: options.name,
    capability: options.capability,
    effects: options.effects ?? "external",
    input: options.input,
    output: options.output,
    run: async (context) => {
      const input = parseOrRefuse(options.input, context.input, `the input of ${options.name}`);
      const result = await options.run({ ...context, input });
      return parseOrRefuse(options.output, result, `the result of ${options.name}`);
    },
  };
}

function parseOrRefuse<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `/${issue.path.join("/")}: ${issue.message}`);
  throw new ActionError(`${what} is not valid: ${problems.join("; ")}`, {
    type: "validation",
    retryable: false,
    details: problems,
  });
}
