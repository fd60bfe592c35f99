import { z } from "zod";
import type { DefinitionHash, RunId } from "../ids.js";
import type { ClaimedStep, LoadedInput } from "../ports.js";
import { SkipReason } from "../run/outcome.js";

/** Replies of scripts arrive as nested lists; here they become values, and no bare number leaves `redis/`. */
const Text = z.coerce.string();
const Count = z.coerce.number();
const ClaimTuple = z.tuple([
  z.enum(["claimed", "skip"]),
  Text, // instance
  Count, // generation
  Count, // attempt
  Text, // reason of a certain skip
  Count, // failures
  Count, // crashes
  Count, // startedAt
  Count, // queuedAt
  Count, // at
  Text, // definition
  Text, // workflow
  Text, // version
  Count, // the run's startedAt
  Text, // tags, JSON
  Count, // priority
]);
type ClaimTuple = z.infer<typeof ClaimTuple>;

const CLAIM_LENGTH = 16;

/** One claim as `claim.lua` answers it; null for anything else. */
export function parseClaim(runId: string, reply: unknown): ClaimedStep | null {
  if (!Array.isArray(reply) || (reply[0] !== "claimed" && reply[0] !== "skip")) return null;
  // Written and read by this package only, once a step: the tuple's shape is held by the tests, not parsed by zod each time.
  const tuple = reply as unknown as ClaimTuple;
  const inputs: unknown = reply[CLAIM_LENGTH];
  return {
    instance: tuple[1],
    generation: Number(tuple[2]),
    attempt: Number(tuple[3]),
    skip: tuple[4] === "" ? null : SkipReason.parse(tuple[4]),
    failures: Number(tuple[5]),
    crashes: Number(tuple[6]),
    startedAt: Number(tuple[7]),
    readySince: Number(tuple[8]),
    at: Number(tuple[9]),
    run: {
      id: runId as RunId, // it names the key that the script was called with
      definition: tuple[10] as DefinitionHash, // stored by start-run, which took a parsed one
      workflow: tuple[11],
      version: tuple[12],
      startedAt: Number(tuple[13]),
      tags: tuple[14] === "[]" ? [] : parseTags(tuple[14]),
      priority: Number(tuple[15]),
    },
    inputs: Array.isArray(inputs) ? parseInputs(inputs) : null,
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

/** The word that a reply begins with. */
export function wordOf(reply: unknown): string {
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
