import { isPlainObject } from "@batonrun/node/json";
import { z } from "zod";
import type { Io } from "../io.js";
import { parseData } from "./data-file.js";
import { readSourceFile } from "./read-file.js";

/** Syntax of `-i`; checked before any request to the server. */
export const InputWords = z
  .array(z.string().regex(/^(@.|[^@=][^=]*=)/s, "must be @file for the whole input, or key=value for one property"))
  .default([]);

/** The `type` that a workflow's `input` schema gives a property, where it gives one. */
export type InputTypes = (name: string) => string | undefined;

const InputSchema = z.object({
  properties: z.record(z.string(), z.object({ type: z.string() }).loose().catch({ type: "" })),
});

export function inputTypes(schema: unknown): InputTypes {
  const parsed = InputSchema.safeParse(schema);
  return (name) => (parsed.success ? parsed.data.properties[name]?.type : undefined);
}

/**
 * The input that the `-i` options make, one after the other: `@file` or `@-` is a whole input, `key=value` one property
 * of it, `key=@file` a property from a file. A value is JSON where it is JSON, unless the schema wants a string.
 */
export async function readRunInput(io: Io, words: readonly string[], types: InputTypes): Promise<unknown> {
  let input: unknown = {};
  for (const word of words) {
    if (word.startsWith("@")) {
      input = merge(input, parseData(await readSourceFile(io, word.slice(1))));
      continue;
    }
    const equals = word.indexOf("=");
    const key = word.slice(0, equals);
    input = merge(input, { [key]: await readValue(io, word.slice(equals + 1), types(key)) });
  }
  return input;
}

async function readValue(io: Io, text: string, type: string | undefined): Promise<unknown> {
  if (text.startsWith("@")) {
    const file = await readSourceFile(io, text.slice(1));
    return /\.(json|ya?ml)$/i.test(file.name) ? parseData(file) : file.text;
  }
  if (type === "string" && !text.startsWith('"')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Two objects become one, the later property wins; anything else replaces what was there. */
function merge(before: unknown, next: unknown): unknown {
  return isPlainObject(before) && isPlainObject(next) ? { ...before, ...next } : next;
}
