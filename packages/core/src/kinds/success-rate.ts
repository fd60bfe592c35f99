import type { Tally } from "./kind.js";

/** Why a container fails `minSuccess`, or null. Skipped instances do not count, and an empty container succeeds. */
export function judgeBySuccessRate(minSuccess: number, tally: Tally): string | null {
  const judged = tally.total - tally.skipped;
  const succeeded = judged - tally.failed;
  if (judged === 0 || succeeded / judged >= minSuccess) return null;
  const rate = Math.round((succeeded / judged) * 10_000) / 10_000;
  return `${tally.failed} of ${judged} failed: the success rate is ${rate}, but minSuccess is ${minSuccess}`;
}
