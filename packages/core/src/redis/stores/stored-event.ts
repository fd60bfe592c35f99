import { RunEvent } from "@batonrun/contract";
import { z } from "zod";
import { isoTime } from "../../run/iso-time.js";
import type { eventFields } from "../layout.js";

const StoredEvent = z.object({
  type: z.string(),
  at: z.coerce.number(),
  step: z.string().exactOptional(),
  generation: z.coerce.number().exactOptional(),
  attempt: z.coerce.number().exactOptional(),
  actor: z.string().exactOptional(),
  data: z.string().exactOptional(),
} satisfies Record<keyof typeof eventFields, z.ZodType>);

/** An entry of the event stream: `<seq>-0` and a flat list of names and texts. */
export function runEvent(id: string, fields: readonly string[]): RunEvent {
  const entry = StoredEvent.parse(pairs(fields));
  return RunEvent.parse({
    ...entry,
    seq: Number.parseInt(id, 10),
    at: isoTime(entry.at),
    ...(entry.data !== undefined && { data: JSON.parse(entry.data) }),
  });
}

function pairs(flat: readonly string[]): Readonly<Record<string, string>> {
  const object: Record<string, string> = {};
  for (let index = 0; index + 1 < flat.length; index += 2) object[flat[index] ?? ""] = flat[index + 1] ?? "";
  return object;
}
