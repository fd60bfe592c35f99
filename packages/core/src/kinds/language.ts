import { languageJsonSchema } from "../definition/json-schema.js";
import { createLanguage } from "../definition/language.js";
import { draftDefinition, type ParsedDefinition, type ParseOptions } from "../definition/parse.js";
import { kinds } from "./index.js";
import type { Kind, KindLanguage } from "./kind.js";

/** The workflow format `baton/v1` with every kind of step. */
export const batonLanguage: KindLanguage = createLanguage<Kind>(kinds);

/**
 * Reads a definition: a text, or the value that was made of one. Finds everything that the language itself forbids;
 * `validateDefinition` of graph/ finds what is wrong between the steps, too.
 * @example const { definition, problems } = parseDefinition(text, { format: "yaml" });
 */
export function parseDefinition(source: unknown, options: ParseOptions = {}): ParsedDefinition {
  const { definition, problems } = draftDefinition(batonLanguage, source, options);
  return { definition, problems };
}

/** The language as a JSON Schema (draft 2020-12), for editors: what an author may write, before normalization. */
export function definitionJsonSchema(): Readonly<Record<string, unknown>> {
  return languageJsonSchema(batonLanguage);
}
