import { BatonError } from "@batonrun/contract";
import { tryParseJson } from "@batonrun/node/json";
import type { z } from "zod";

/** Encodes a list position as an opaque base64url cursor. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position), "utf8").toString("base64url");
}

/** Decodes a caller's cursor. Throws `cursor_invalid` if this list cannot have issued it. */
export function decodeCursor<Position>(schema: z.ZodType<Position>, cursor: string): Position {
  const parsed = schema.safeParse(tryParseJson(Buffer.from(cursor, "base64url").toString("utf8")));
  if (parsed.success) return parsed.data;
  throw new BatonError("cursor_invalid", "Invalid cursor. Start the list again without one.");
}
