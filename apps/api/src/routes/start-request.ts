import { durationMs, type RunRequest } from "@batonrun/contract";
import type { StartRunRequest } from "@batonrun/core/engine";
import { withoutAbsent } from "../http/without-absent.js";

/** Converts a REST request into the request of the use case. */
export function startRequest(request: RunRequest, idempotencyKey: string | undefined): StartRunRequest {
  const { workflow, definition, delay, input = {}, tags, priority } = request;
  const delayMs = delay === undefined ? undefined : durationMs(delay);
  return { input, tags, priority, ...withoutAbsent({ workflow, definition, delayMs, idempotencyKey }) };
}
