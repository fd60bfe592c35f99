import { Closing, DefinitionHash, type RunId, RunStatus } from "@batonrun/contract";
import { z } from "zod";
import { RunLifetime } from "../../run/run-lifetime.js";
import type { RunRecord } from "../../run/stored.js";
import type { RunField } from "../layout.js";

const Count = z.coerce.number().int();

/** The run hash as it is stored: every field is text. What only scripts read is left out. */
const StoredRun = z.object({
  status: RunStatus,
  closing: Closing.exactOptional(),
  definition: DefinitionHash,
  format: Count,
  workflow: z.string(),
  version: z.string(),
  priority: Count,
  tags: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  createdAt: Count,
  startedAt: Count.exactOptional(),
  endedAt: Count.exactOptional(),
  deadlineAt: Count,
  left: Count,
  seq: Count,
  error: z.string().exactOptional(),
} satisfies Partial<Record<RunField, z.ZodType>>);

/** The fields of the run hash that a `RunRecord` is made of. */
export const storedRunFields = Object.keys(StoredRun.shape);

/** The record from the values of `storedRunFields`; null when there is no such run. */
export function runRecord(id: RunId, values: readonly (string | null)[]): RunRecord | null {
  if (values.every((value) => value === null)) return null;
  const fields = storedRunFields.map((field, index) => [field, values[index] ?? null] as const);
  const stored = StoredRun.parse(Object.fromEntries(fields.filter(([, value]) => value !== null)));
  const { status, closing, startedAt, endedAt, error, ...rest } = stored;
  return { id, ...rest, ...RunLifetime.parse({ status, closing, startedAt, endedAt, error }) };
}
