import type { BatonClient } from "@batonrun/client";
import { z } from "zod";
import { CliError } from "./cli-error.js";
import type { ExitCode } from "./exit-codes.js";
import type { Io } from "./io.js";
import type { Printer } from "./report/printer.js";

/** Dependencies of a command. */
export interface Context {
  readonly io: Io;
  readonly client: BatonClient;
  readonly printer: Printer;
  /** ` --server …` if the user passed it, or an empty string; for commands that the CLI suggests. */
  readonly serverWords: string;
}

/** One argument or option: its syntax, its help text, and the schema of its value. */
export interface Parameter<Schema extends z.ZodType = z.ZodType> {
  /** `<file>`, `[name...]`, `-t, --tag <tag>`. */
  readonly usage: string;
  readonly description: string;
  readonly schema: Schema;
  /** An option that may be given several times: its value is the list of them. */
  readonly isList?: true;
}

export type Parameters = Readonly<Record<string, Parameter>>;

type Given<Declared extends Parameters> = { readonly [Name in keyof Declared]: z.output<Declared[Name]["schema"]> };

interface Declaration<Arguments extends Parameters, Options extends Parameters> {
  /** Noun and verb, as typed: `runs list`. */
  readonly path: string;
  readonly description: string;
  /** Further help, shown only in the help of this command. */
  readonly details?: string;
  readonly arguments: Arguments;
  /** By the name that the long form makes: `--idempotency-key` is `idempotencyKey`. */
  readonly options: Options;
  /** Command lines, without the leading `baton`. */
  readonly examples: readonly string[];
  run(context: Context, given: Given<Arguments> & Given<Options>): Promise<ExitCode>;
}

/** A command of the table. */
export interface Command extends Omit<Declaration<Parameters, Parameters>, "run"> {
  /** `given` as the command line has it, by the parameters' names. */
  run(context: Context, given: Readonly<Record<string, unknown>>): Promise<ExitCode>;
}

export function command<Arguments extends Parameters, Options extends Parameters>(
  declaration: Declaration<Arguments, Options>,
): Command {
  return {
    ...declaration,
    run: (context, given) =>
      declaration.run(context, {
        ...parseGiven(declaration.arguments, given),
        ...parseGiven(declaration.options, given),
      }),
  };
}

function parseGiven<Declared extends Parameters>(
  declared: Declared,
  given: Readonly<Record<string, unknown>>,
): Given<Declared> {
  const entries = Object.entries(declared).map(([name, parameter]) => {
    const parsed = parameter.schema.safeParse(given[name]);
    if (parsed.success) return [name, parsed.data] as const;
    throw new CliError(`${parameter.usage} ${reason(parsed.error)}`);
  });
  // The entries are those of `Declared`, each parsed by its own schema; Object.fromEntries forgets which is which.
  return Object.fromEntries(entries) as Given<Declared>;
}

function reason(error: z.ZodError): string {
  return error.issues.map((issue) => issue.message).join("; ");
}

/** Text that may be left out. */
export const OptionalText = z.string().optional();

/** A switch. */
export const Flag = z.boolean().default(false);

/** A list that several options of one name make. */
export const TextList = z.array(z.string()).default([]);
