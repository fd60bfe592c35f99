/** Plain text as Markdown shows it: what documents say must not become markup, links or HTML of the report. */
export function escapeText(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\`*_[\]<>|~]/g, "\\$&")
    .replace(/^(?=(?:#{1,6}|[+-])(?:\s|$)|[=-]+$)/, "\\")
    .replace(/^(\d+)([.)](?:\s|$))/, "$1\\$2");
}

/** Paragraphs of plain text. */
export function paragraphs(text: string): string {
  return text
    .split(/\n\s*\n/)
    .map(escapeText)
    .filter((paragraph) => paragraph !== "")
    .join("\n\n");
}

export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => escapeText(cell) || " ").join(" | ")} |`;
  return [line(columns), `|${" --- |".repeat(columns.length)}`, ...rows.map(line)].join("\n");
}

export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

/** Escaped by a fence longer than any in the text. */
export function codeBlock(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** `customer_reviews` and `customerReviews` as a heading: "Customer reviews". */
export function titleOfKey(key: string): string {
  const words = key
    .replace(
      /([a-z0-9])([A-Z])(?=[a-z]|$)/g,
      (_, before: string, capital: string) => `${before} ${capital.toLowerCase()}`,
    )
    .replace(/[_-]+/g, " ")
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
