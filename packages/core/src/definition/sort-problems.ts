import type { Problem } from "@batonrun/contract";

/** Sorts problems by line and column, then by pointer. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort(
    (left, right) =>
      (left.line ?? 0) - (right.line ?? 0) ||
      (left.column ?? 0) - (right.column ?? 0) ||
      left.pointer.localeCompare(right.pointer, "en"),
  );
}
