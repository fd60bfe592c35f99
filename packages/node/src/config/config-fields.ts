import { z } from "zod";

/** The address of a Redis: `redis://127.0.0.1:6379`, `rediss://…` with TLS, or a socket. */
export const RedisUrl = z
  .string()
  .regex(/^(rediss?:\/\/|unix:\/\/|\/)/, "must begin with redis://, rediss://, unix://, or /");

/** The name of a cell, which becomes the hash tag of its keys. */
export const CellName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "must be at most 32 lowercase letters, digits, and dashes");

/** A name or address to listen on. */
export const Host = z.string().min(1);

/** A port to listen on; 0 is any free one. */
export const Port = z
  .string()
  .regex(/^[0-9]{1,5}$/, "must be a port from 0 to 65535")
  .transform(Number)
  .refine((port) => port <= 65_535, "must be a port from 0 to 65535");

export const Flag = z.enum(["true", "false"], { error: "must be true or false" }).transform((text) => text === "true");

export const LogLevel = z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]);

/** Entries without the spaces around them: `a, b,` is `["a", "b"]`. */
export const CommaList = z.string().transform((text) =>
  text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ""),
);

/**
 * A duration as definitions write it, in milliseconds.
 * @example durationField(tryDurationMs) gives 30000 for `30s`
 */
export function durationField(parse: (text: string) => number | null) {
  return z.string().transform((text, context) => {
    const ms = parse(text);
    if (ms !== null) return ms;
    context.addIssue({ code: "custom", message: "must be a duration such as 500ms, 30s, 5m, 1h, or 7d" });
    return z.NEVER;
  });
}

export function wholeNumber({ min = 1, max = Number.MAX_SAFE_INTEGER } = {}) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^[0-9]{1,16}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}
