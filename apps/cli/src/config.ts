import { DEFAULT_SERVER } from "@batonrun/client";
import { z } from "zod";

/** Every variable that the CLI reads. The reference lists them; a test holds the two together. */
export const environmentCatalog = {
  BATON_SERVER: `URL of the API; \`--server\` overrides it (default \`${DEFAULT_SERVER}\`).`,
  NO_COLOR: "If not empty, disables colors, even on a terminal.",
  FORCE_COLOR: "If not empty and not 0, enables colors, even in a pipe.",
  CI: "If not empty, prints plain lines instead of a live table, even on a terminal.",
  TERM: "If `dumb`, disables colors and the live table.",
} as const satisfies Record<string, string>;

const Variable = z.string().optional();

const Environment = z.object({
  BATON_SERVER: Variable,
  NO_COLOR: Variable,
  FORCE_COLOR: Variable,
  CI: Variable,
  TERM: Variable,
} satisfies Record<keyof typeof environmentCatalog, typeof Variable>);

export interface CliConfig {
  readonly server: string;
  /** Null: use colors if the stream is a terminal. */
  readonly isColorWanted: boolean | null;
  /** The terminal supports cursor movement, and this is not a CI job. */
  readonly isLiveWanted: boolean;
  /** Environment variables that `baton dev` passes to the API and the worker. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
}

export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): CliConfig {
  const read = Environment.parse(environment);
  const isDumb = read.TERM === "dumb";
  return Object.freeze({
    server: read.BATON_SERVER || DEFAULT_SERVER,
    isColorWanted: colorWish(read, isDumb),
    isLiveWanted: !isDumb && !read.CI,
    inherited: environment,
  });
}

function colorWish(read: z.infer<typeof Environment>, isDumb: boolean): boolean | null {
  if (read.NO_COLOR) return false;
  if (read.FORCE_COLOR) return read.FORCE_COLOR !== "0";
  return isDumb ? false : null;
}
