import { BatonError } from "@batonrun/contract";
import { tryParseJson } from "@batonrun/node/json";
import type { z } from "zod";

/** An opaque cursor: what a list needs to go on, in base64url. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position), "utf8").toString("base64url");
}

/** The position in a cursor that a caller sent; `cursor_invalid` when this list cannot have given it. */
export function decodeCursor<Position>(schema: z.ZodType<Position>, cursor: string): Position {
  const parsed = schema.safeParse(tryParseJson(Buffer.from(cursor, "base64url").toString("utf8")));
  if (parsed.success) return parsed.data;
  throw new BatonError("cursor_invalid", "Invalid cursor. Start the list again without one.");
}
