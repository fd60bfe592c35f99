import type { ProblemCode } from "@batonrun/contract";

/** A problem with an expression, found without evaluating it. */
export interface ExpressionIssue {
  readonly code: ProblemCode;
  readonly message: string;
  /** Path of the string inside the compiled value: `[]` for the value itself. */
  readonly path: readonly (string | number)[];
  /** The string. `offset` is a zero-based index in it. */
  readonly source: string;
  readonly offset: number;
}
