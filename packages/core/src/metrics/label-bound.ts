/** What a label says once it has as many values as it may. */
const OTHER = "other";

/**
 * The first `limit` values pass; every later one is `other`. A process that meets ever new names keeps a bounded number
 * of series, and the series that it has keep their meaning.
 */
export function boundLabel(limit: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= limit) return OTHER;
    known.add(value);
    return value;
  };
}
