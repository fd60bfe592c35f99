import { isPlainObject, type Path, pointerOf } from "@batonrun/node/json";
import type { z } from "zod";
import type { Language, WorkflowDefinition } from "./language.js";
import { isStepPath } from "./schema-keys.js";
import { type SchemaProblem, schemaProblems, valueAt } from "./schema-problem.js";

/** The result of reading a value with the schema. */
export interface SchemaReading {
  /** The definition without its invalid parts, or null if nothing remains. */
  readonly definition: WorkflowDefinition | null;
  readonly problems: readonly SchemaProblem[];
  /** JSON Pointers of removed steps: they exist, but their content is unknown. */
  readonly broken: ReadonlySet<string>;
}

/** Removing one part can reveal the next problem. A definition that needs more rounds than this is given up. */
const MAX_ROUNDS = 20;

/**
 * Reads a value with the schema. Invalid parts are removed and the rest is read again, so that problems of the graph
 * can be reported together with those of the schema.
 */
export function readSchema(language: Language, value: unknown): SchemaReading {
  const problems: SchemaProblem[] = [];
  const broken = new Set<string>();
  let rest = value;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const parsed = language.workflow.safeParse(rest);
    if (parsed.success) return { definition: parsed.data, problems, broken };
    const found = parsed.error.issues.flatMap((issue: z.core.$ZodIssue) =>
      schemaProblems({ language, value: rest }, issue),
    );
    if (round === 0) problems.push(...found);
    rest = cutOut(rest, found, { language, broken });
  }
  return { definition: null, problems, broken };
}

interface Cutting {
  readonly language: Language;
  readonly broken: Set<string>;
}

function cutOut(value: unknown, problems: readonly SchemaProblem[], cutting: Cutting): unknown {
  const copy = structuredClone(value);
  for (const problem of problems) {
    const { path } = problem;
    if (problem.code === "missing_key" || !remove(copy, path) || Array.isArray(valueAt(copy, path.slice(0, -1))))
      removeAround(copy, path.slice(0, -1), cutting);
    else if (isStepPath(cutting.language, path)) cutting.broken.add(pointerOf(path));
  }
  return copy;
}

/** Removes the enclosing step of a missing key. At the top level, fills in a placeholder instead. */
function removeAround(copy: unknown, path: Path, { language, broken }: Cutting): void {
  let at = path;
  while (at.length > 0 && !isStepPath(language, at)) at = at.slice(0, -1);
  if (at.length === 0) {
    standIn(copy);
    return;
  }
  broken.add(pointerOf(at));
  remove(copy, at);
}

function standIn(copy: unknown): void {
  if (!isPlainObject(copy)) return;
  const missing = { apiVersion: "baton/v1", name: "unnamed", version: "0.0.0", steps: {} };
  for (const [key, held] of Object.entries(missing))
    if (!Object.hasOwn(copy, key)) Object.assign(copy, { [key]: held });
}

function remove(copy: unknown, path: Path): boolean {
  const holder = valueAt(copy, path.slice(0, -1));
  const key = path.at(-1);
  if (key === undefined || typeof holder !== "object" || holder === null) return false;
  return Reflect.deleteProperty(holder, key);
}
