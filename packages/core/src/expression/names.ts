import type { ProblemCode } from "@batonrun/contract";

/** What an expression may name at the place where it stands. */
export interface Names {
  /** Names that are not steps: `input`, `vars`, `run`, … */
  readonly roots: ReadonlySet<string>;
  /** Keys of `vars`, or null where they are not known. */
  readonly vars: ReadonlySet<string> | null;
  isStep(id: string): boolean;
  /** The visible steps in order of declaration. */
  stepIds(): Iterable<string>;
  /** Why a name that is neither root nor visible step cannot be seen, if there is more to say than "unknown". */
  explain(name: string): { readonly code: ProblemCode; readonly message: string } | null;
}

/** The fields of a step, as expressions see it. */
export const stepFields = [
  "result",
  "status",
  "error",
  "attempts",
  "startedAt",
  "endedAt",
  "durationMs",
  "degraded",
] as const;

/** The fields of `run`. */
export const runFields = ["id", "workflow", "version", "startedAt", "tags"] as const;

export const baseRoots = ["input", "vars", "run"] as const;

/** Names that are taken: a step cannot have them as its id. */
const rootWords = [...baseRoots, "item", "index", "iteration", "last", "error", "secret", "result"];

/** Words of CEL, its types and its namespaces. */
const celWords =
  "in as if else for loop while let var const import package namespace function return void break continue " +
  "true false null int uint double string bool bytes list map type null_type optional cel google";

export const refusedStepIds: ReadonlySet<string> = new Set([...celWords.split(" "), ...rootWords]);
