/** How many values a label can have before further values become `other`. */
export const labelLimits = { workflow: 200, kind: 32, queue: 100 } as const;

/** Replaces the value of a label beyond its limit. */
const OTHER = "other";

/** Bounds the labels of `labelLimits` and leaves the others alone. */
export type LabelBound = (labels: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;

/**
 * The first values of a label pass, up to its limit; every later one becomes `other`. A process that keeps meeting new
 * names has a bounded number of series, and its existing series keep their meaning.
 * @example with 200 workflows seen: `{ workflow: "the-201st", outcome: "failed" }` becomes `{ workflow: "other", outcome: "failed" }`
 */
export function boundLabels(): LabelBound {
  const bounds = new Map(Object.entries(labelLimits).map(([label, limit]) => [label, boundValues(limit)]));
  return (labels) =>
    Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, bounds.get(label)?.(value) ?? value]));
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
