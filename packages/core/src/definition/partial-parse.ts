import { isPlainObject, type Path, pointerOf } from "@batonrun/node/json";
import type { z } from "zod";
import type { Language, WorkflowDefinition } from "./language.js";
import { isStepPath } from "./schema-keys.js";
import { type SchemaProblem, schemaProblems, valueAt } from "./schema-problem.js";

/** What the schema makes of a value. */
export interface SchemaReading {
  /** The definition; where there are problems, what is left of it when they are cut out, or null if nothing is. */
  readonly definition: WorkflowDefinition | null;
  readonly problems: readonly SchemaProblem[];
  /** Pointers of steps that had to be cut out: they exist, though nothing is known of them. */
  readonly broken: ReadonlySet<string>;
}

/** Cutting one thing out can bring the next to light; a definition that needs more rounds is past help. */
const MAX_ROUNDS = 20;

/**
 * Reads a value by the schema. Problems do not stop it: what is wrong is cut out and the rest read again, so that one
 * pass tells the problems of the graph beside those of the schema.
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

/** A thing that cannot do without what is missing goes itself: the step, or at the top, a stand-in takes the place. */
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
