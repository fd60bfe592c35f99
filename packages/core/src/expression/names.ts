import type { ProblemCode } from "@batonrun/contract";

/** The names that are visible to an expression. */
export interface Names {
  /** Names that are not steps: `input`, `vars`, `run`, … */
  readonly roots: ReadonlySet<string>;
  /** Keys of `vars`, or null if they are unknown. */
  readonly vars: ReadonlySet<string> | null;
  isStep(id: string): boolean;
  /** The visible steps in declaration order. */
  stepIds(): Iterable<string>;
  /** Why a known name is not visible here, such as `item` outside a map. Null if the name is simply unknown. */
  explain(name: string): { readonly code: ProblemCode; readonly message: string } | null;
}

/** The fields of a step in expressions. */
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

/** Reserved names: a step cannot use them as its id. */
const rootWords = [...baseRoots, "item", "index", "iteration", "last", "error", "secret", "result"];

/** CEL keywords, types, and namespaces. */
const celWords =
  "in as if else for loop while let var const import package namespace function return void break continue " +
  "true false null int uint double string bool bytes list map type null_type optional cel google";

export const refusedStepIds: ReadonlySet<string> = new Set([...celWords.split(" "), ...rootWords]);
