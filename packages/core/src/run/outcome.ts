import type { SerializedError, SkipReason } from "@batonrun/contract";

/** How an attempt ended. `result` is JSON text, or null for a container whose result is assembled when read. */
export type StepOutcome =
  | { readonly status: "completed"; readonly result: string | null; readonly degraded?: boolean }
  | { readonly status: "failed"; readonly error: SerializedError }
  | { readonly status: "cancelled"; readonly error: SerializedError }
  | { readonly status: "skipped"; readonly reason: SkipReason };
