/** A length of time as definitions and REST write it: `500ms`, `30s`, `5m`, `1h`, `7d`. */
const DURATION_PATTERN = /^[1-9][0-9]*(ms|s|m|h|d)$/;

/** No timer is longer: beyond it dates leave the range that every language can hold. */
const MAX_DURATION_MS = 3_650 * 86_400_000;

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration. Takes text that a schema let through; anything else is a programming error. */
export function durationMs(text: string): number {
  const ms = tryDurationMs(text);
  if (ms === null) throw new RangeError(`"${text}" is not a duration such as 500ms, 30s, 5m, 1h, or 7d`);
  return ms;
}

/** Milliseconds, or null where the text is not a duration of at most ten years. */
export function tryDurationMs(text: string): number | null {
  if (!DURATION_PATTERN.test(text)) return null;
  const digits = /^[0-9]+/.exec(text)?.[0] ?? "";
  // The pattern above leaves nothing but a unit behind the digits.
  const unit = text.slice(digits.length) as keyof typeof unitMs;
  const ms = Number(digits) * unitMs[unit];
  return ms <= MAX_DURATION_MS ? ms : null;
}
