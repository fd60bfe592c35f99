import { languageJsonSchema } from "../definition/json-schema.js";
import { createLanguage } from "../definition/language.js";
import { draftDefinition, type ParsedDefinition, type ParseOptions } from "../definition/parse.js";
import { kinds } from "./index.js";
import type { Kind, KindLanguage } from "./kind.js";

/** The workflow format `baton/v1` with all step kinds. */
export const batonLanguage: KindLanguage = createLanguage<Kind>(kinds);

/**
 * Reads a definition from text or from a parsed value. Finds all problems of the format itself; `validateDefinition` in
 * graph/ also finds those between steps.
 * @example const { definition, problems } = parseDefinition(text, { format: "yaml" });
 */
export function parseDefinition(source: unknown, options: ParseOptions = {}): ParsedDefinition {
  const { definition, problems } = draftDefinition(batonLanguage, source, options);
  return { definition, problems };
}

/** The workflow format as a JSON Schema (draft 2020-12) for editors: what authors can write, before normalization. */
export function definitionJsonSchema(): Readonly<Record<string, unknown>> {
  return languageJsonSchema(batonLanguage);
}
