import type { Problem } from "@batonrun/contract";
import { pointerOf } from "@batonrun/node/json";
import { type SizeLimits, sizeLimits } from "./json-limits.js";
import type { Language, WorkflowDefinition } from "./language.js";
import { readSchema } from "./partial-parse.js";
import type { SchemaProblem } from "./schema-problem.js";
import { sortProblems } from "./sort-problems.js";
import { readSource, type SourceDocument, type SourceFormat } from "./source/source-document.js";

export interface ParseOptions {
  /** The syntax of the text. `auto`, the default, detects it. */
  readonly format?: SourceFormat;
  readonly limits?: Partial<SizeLimits>;
}

export interface ParsedDefinition {
  /** Null if `problems` contains an error. */
  readonly definition: WorkflowDefinition | null;
  readonly problems: readonly Problem[];
}

/** The readable part of a definition, for the checks that follow. */
export interface DefinitionDraft extends ParsedDefinition {
  /** The definition without its invalid parts, or null if nothing remains. */
  readonly draft: WorkflowDefinition | null;
  /** JSON Pointers of the steps that were removed. */
  readonly broken: ReadonlySet<string>;
  readonly locate: SourceDocument["locate"];
}

/**
 * Reads a definition from text or from a parsed value. Finds all problems of the format itself, and returns the valid
 * rest of a definition that has problems.
 */
export function draftDefinition(
  language: Language,
  source: unknown,
  { format = "auto", limits = {} }: ParseOptions = {},
): DefinitionDraft {
  const { value, problems, locate } = readSource(source ?? null, { format, limits: { ...sizeLimits, ...limits } });
  const nothing = { definition: null, draft: null, broken: new Set<string>(), locate };
  if (value === undefined) return { ...nothing, problems };
  if (value === null) return { ...nothing, problems: [{ ...empty, ...locate({ pointer: "" }) }] };
  const reading = readSchema(language, value);
  const all = sortProblems([...problems, ...reading.problems.map((problem) => toProblem(problem, locate))]);
  const definition = all.length === 0 ? reading.definition : null;
  return { definition, draft: reading.definition, broken: reading.broken, problems: all, locate };
}

const empty: Problem = { pointer: "", severity: "error", code: "syntax", message: "the definition is empty" };

function toProblem({ path, code, message, isKey }: SchemaProblem, locate: SourceDocument["locate"]): Problem {
  const pointer = pointerOf(path);
  return { pointer, ...locate({ pointer, key: isKey }), severity: "error", code, message };
}
