import { type DefinitionHash, type RunId, SkipReason } from "@batonrun/contract";
import { z } from "zod";
import type { LoadedInput } from "../ports/run-reader.js";
import type { ClaimedRun, ClaimedStep } from "../ports/transitions.js";

/**
 * Replies of scripts arrive as nested lists; here they become values, and no bare number leaves `redis/`. They are written
 * by this package's own scripts, so their places are held by the tests and not parsed by a schema once a step.
 */

/**
 * Positions in a claim, as `claim_reply` in claim.lua lists them; what was loaded comes last. Example, a first attempt:
 * ["claimed", "b", 0, 1, "", 0, 0, 1700, 1690, 1700, "<hash>", "greet", "1.0.0", "1600", "[]", "0", ["a", "<record>", "<value>"]].
 */
const claimAt = {
  instance: 1,
  generation: 2,
  attempt: 3,
  skip: 4,
  failures: 5,
  crashes: 6,
  startedAt: 7,
  readySince: 8,
  at: 9,
  definition: 10,
  workflow: 11,
  version: 12,
  runStartedAt: 13,
  tags: 14,
  priority: 15,
  inputs: 16,
} as const;

/** One claim as `claim.lua` answers it; null for anything else. */
export function parseClaim(runId: string, reply: unknown): ClaimedStep | null {
  if (!Array.isArray(reply) || (reply[0] !== "claimed" && reply[0] !== "skip")) return null;
  const skip = textAt(reply, claimAt.skip);
  const inputs: unknown = reply[claimAt.inputs];
  return {
    instance: textAt(reply, claimAt.instance),
    generation: numberAt(reply, claimAt.generation),
    attempt: numberAt(reply, claimAt.attempt),
    skip: skip === "" ? null : SkipReason.parse(skip),
    failures: numberAt(reply, claimAt.failures),
    crashes: numberAt(reply, claimAt.crashes),
    startedAt: numberAt(reply, claimAt.startedAt),
    readySince: numberAt(reply, claimAt.readySince),
    at: numberAt(reply, claimAt.at),
    run: claimedRun(runId, reply),
    inputs: Array.isArray(inputs) ? parseInputs(inputs) : null,
  };
}

function claimedRun(runId: string, reply: readonly unknown[]): ClaimedRun {
  const tags = textAt(reply, claimAt.tags);
  return {
    id: runId as RunId, // it names the key that the script was called with
    definition: textAt(reply, claimAt.definition) as DefinitionHash, // stored by start-run, which took a parsed one
    workflow: textAt(reply, claimAt.workflow),
    version: textAt(reply, claimAt.version),
    startedAt: numberAt(reply, claimAt.runStartedAt),
    tags: tags === "[]" ? [] : parseTags(tags),
    priority: numberAt(reply, claimAt.priority),
  };
}

function parseTags(text: string): readonly string[] {
  return z.array(z.string()).parse(JSON.parse(text));
}

function parseInputs(flat: readonly unknown[]): readonly LoadedInput[] {
  const inputs: LoadedInput[] = [];
  for (let i = 0; i + 2 < flat.length; i += 3) {
    inputs.push({ name: String(flat[i]), record: String(flat[i + 1]), value: String(flat[i + 2]) });
  }
  return inputs;
}

/** What happened: the word that a reply begins with, or is. */
export function replyKind(reply: unknown): string {
  return Array.isArray(reply) ? String(reply[0]) : String(reply);
}

/** An element of a reply, as a number; 0 when it is not there. */
export function numberAt(reply: unknown, index: number): number {
  return Array.isArray(reply) ? Number(reply[index] ?? 0) : 0;
}

/** An element of a reply, as text; "" when it is not there. */
export function textAt(reply: unknown, index: number): string {
  return Array.isArray(reply) ? String(reply[index] ?? "") : "";
}
