import { SerializedError } from "@batonrun/contract";
import type { AttemptResult } from "./run-attempt.js";

/** Replaces the values of secrets in JSON text. */
export type Scrub = (json: string) => string;

/** Shorter values can occur by chance, so replacing them would damage data without protecting the secret. */
const MIN_LENGTH = 4;

/** Null if there is nothing to replace. */
export function scrubber(secrets: Readonly<Record<string, string>>): Scrub | null {
  const escaped = Object.entries(secrets)
    .filter(([, value]) => value.length >= MIN_LENGTH)
    .map(([name, value]) => [JSON.stringify(value).slice(1, -1), `[secret ${name}]`] as const)
    // Replace longer secrets first, because one can contain another.
    .sort(([one], [other]) => other.length - one.length);
  if (escaped.length === 0) return null;
  return (json) => escaped.reduce((text, [value, name]) => text.replaceAll(value, name), json);
}

/** The result of an attempt without secret values. Applied before anything is stored or logged. */
export function scrubbed(scrub: Scrub | null, attempt: AttemptResult): AttemptResult {
  if (scrub === null) return attempt;
  const { end } = attempt;
  if (end.kind === "retry") return { ...attempt, end: { ...end, error: scrubbedError(scrub, end.error) } };
  if (end.kind !== "outcome") return attempt;
  const { outcome } = end;
  if (outcome.status === "completed" && outcome.result !== null) {
    return { ...attempt, end: { ...end, outcome: { ...outcome, result: scrub(outcome.result) } } };
  }
  if (outcome.status !== "failed") return attempt;
  return { ...attempt, end: { ...end, outcome: { ...outcome, error: scrubbedError(scrub, outcome.error) } } };
}

function scrubbedError(scrub: Scrub, error: SerializedError): SerializedError {
  return SerializedError.parse(JSON.parse(scrub(JSON.stringify(error))));
}
