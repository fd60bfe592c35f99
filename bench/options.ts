import { parseArgs } from "node:util";

/** What the person who typed `npm run bench` asked for. */
export interface BenchOptions {
  /** The short form: everything once and small, to show that it runs. Its figures mean little. */
  readonly quick: boolean;
  /** Names of scenarios; empty: all. */
  readonly scenarios: readonly string[];
  /** Measured rounds of each scenario and system. */
  readonly repeats: number;
  readonly json: boolean;
}

const usage = "npm run bench -- [--quick] [--scenario name]… [--repeats n] [--json]";

const REPEATS = 7;
/** Fewer have no median worth the name. */
const MIN_REPEATS = 3;

/** A mistake in the command line, printed without a stack. */
export class UsageError extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(`${message}\n${usage}`, options);
    this.name = "UsageError";
  }
}

/** Throws a UsageError. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { quick, scenario, json, ...values } = parsed(args);
  return { quick, scenarios: scenario, json, repeats: repeatsOf(values.repeats, quick) };
}

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean", default: false },
        scenario: { type: "string", multiple: true, default: [] },
        repeats: { type: "string" },
        json: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function repeatsOf(text: string | undefined, quick: boolean): number {
  if (text === undefined) return quick ? 1 : REPEATS;
  const repeats = Number(text);
  if (Number.isInteger(repeats) && repeats >= (quick ? 1 : MIN_REPEATS)) return repeats;
  throw new UsageError(`--repeats takes a whole number from ${MIN_REPEATS} on, not ${text}.`);
}
