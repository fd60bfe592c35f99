/** A Markdown table under its head. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`.replaceAll("|  |", "| |");
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The rows of a table as it is on the page, by their first cell: for columns that people write. */
export function rowsOf(block: string): ReadonlyMap<string, readonly string[]> {
  const lines = block.split("\n").filter((line) => line.startsWith("| "));
  const rows = lines.slice(2).map((line) =>
    line
      .replace(/^\| /, "")
      .replace(/ ?\|$/, "")
      .split(/ ?\| ?/),
  );
  return new Map(rows.map((cells) => [cells[0] ?? "", cells]));
}

/** `rows` with the last `count` columns as people wrote them; a row that is new has none yet. */
export function withWritten(rows: readonly (readonly string[])[], block: string, count: number): string[][] {
  const written = rowsOf(block);
  return rows.map((cells) => {
    const old = written.get(cells[0] ?? "")?.slice(-count) ?? [];
    return [...cells, ...Array.from({ length: count }, (_, index) => old[index] ?? "TO BE WRITTEN")];
  });
}

export function code(text: string): string {
  return `\`${text}\``;
}
