import type { z } from "zod";

/** The environment variables of a process, `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting is wrong; the message names it and says what to change. A process that throws it exits with code 2. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * The variables that the schema names, parsed. An empty variable counts as absent. Throws a ConfigError that names every
 * variable that is wrong and what it must be, but never its value, which may be a secret in the wrong variable.
 */
export function readEnvironment<Schema extends z.ZodType>(schema: Schema, environment: Environment): z.output<Schema> {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== "");
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${String(issue.path[0])} ${issue.message}`);
  throw new ConfigError(["Invalid configuration:", ...lines].join("\n"));
}
