/** Number of values per label before further values become `other`. */
export const labelLimits = { workflow: 200, kind: 32, queue: 100 } as const;

/** Replaces label values above the limit. */
const OTHER = "other";

/** Limits the labels in `labelLimits` and leaves others unchanged. */
export type LabelBound = (labels: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;

/**
 * Keeps the first values of a label up to its limit and replaces later ones by `other`. A process that keeps seeing new
 * names then has a limited number of series, and existing series keep their meaning.
 * @example with 200 workflows seen: `{ workflow: "the-201st", outcome: "failed" }` becomes `{ workflow: "other", outcome: "failed" }`
 */
export function boundLabels(): LabelBound {
  const bounds = new Map(Object.entries(labelLimits).map(([label, limit]) => [label, boundValues(limit)]));
  return (labels) => {
    let bounded = labels;
    for (const [label, bound] of bounds) {
      const value = labels[label];
      if (value === undefined) continue;
      const kept = bound(value);
      // Called several times per step: labels within their limits are not copied.
      if (kept !== value) bounded = { ...bounded, [label]: kept };
    }
    return bounded;
  };
}

function boundValues(limit: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= limit) return OTHER;
    known.add(value);
    return value;
  };
}
