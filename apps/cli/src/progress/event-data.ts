import type { Received, RunEvent } from "@batonrun/contract";
import { z } from "zod";

/** What events say beside their type; whatever else they say is not shown. */
const EventData = z
  .object({
    error: z.object({ type: z.string(), message: z.string() }).optional().catch(undefined),
    reason: z.string().optional().catch(undefined),
    total: z.number().optional().catch(undefined),
    case: z.string().optional().catch(undefined),
    delayMs: z.number().optional().catch(undefined),
    closing: z.string().optional().catch(undefined),
  })
  .catch({});
type EventData = z.infer<typeof EventData>;

export function readEventData(event: Received<RunEvent>): EventData {
  return EventData.parse(event.data);
}

/** Why it happened, in words; undefined where the type says it all. */
export function eventNote(event: Received<RunEvent>): string | undefined {
  const { error, reason } = readEventData(event);
  if (error !== undefined) return `${error.type}: ${error.message}`;
  if (event.type === "step_crashed") return "its worker disappeared; another worker claimed the step";
  return reason?.replaceAll("_", " ");
}
