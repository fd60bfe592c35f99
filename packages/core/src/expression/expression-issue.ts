import type { ProblemCode } from "@batonrun/contract";

/** One thing that is wrong with an expression, found without evaluating it. */
export interface ExpressionIssue {
  readonly code: ProblemCode;
  readonly message: string;
  /** Path of the string inside the value that was compiled: `[]` for the value itself. */
  readonly path: readonly (string | number)[];
  /** The string, and where in it, counted from 0. */
  readonly source: string;
  readonly offset: number;
}
